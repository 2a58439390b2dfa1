"""Measure what fits cost, for the ``cost`` that each algorithm declares.

    python -m tests.benchmark.trial_costs
    python -m tests.benchmark.trial_costs --algorithms lightgbm catboost --effort

For each algorithm it fits the default configuration on one fold of tables of several sizes, and prints CPU seconds,
what ``podium_ml.algorithms.Cost`` expects of them, and the constants that would fit best. With ``--effort`` it also
prints by how much each parameter of the search space changes the cost of a fit. One thread and CPU seconds: other work
on the machine disturbs them little.
"""

import argparse
import contextlib
import math
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, FitSize
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.features import Featurizer
from podium_ml.training.encodings import EncodedFold, Encodings
from podium_ml.training.fit import Fitter
from tests.benchmark.prediction_speed import make_table

# Rows, columns, classes (1 for regression).
SHAPES = (
    (500, 20, 2),
    (1_000, 20, 2),
    (3_000, 20, 2),
    (10_000, 20, 2),
    (2_000, 8, 2),
    (2_000, 60, 2),
    (2_000, 20, 3),
    (2_000, 20, 8),
    (1_000, 20, 1),
    (3_000, 20, 1),
    (10_000, 20, 1),
    (2_000, 60, 1),
)
_EFFORT_SHAPE = (2_000, 20, 2)
_CONSTANTS = ("seconds", "flat", "rows", "columns", "flat_columns", "classes", "regression")
# Shorter times do not matter.
_LEAST = 0.002


@dataclass(frozen=True)
class Measured:
    """The CPU seconds of fits: rows and encoded columns that were learned from, and number of classes."""

    rows: int
    columns: int
    classes: int
    seconds: float


def features(rows: int, columns: int, classes: int) -> tuple[FeatureTable, Problem]:
    """Return a table of so many classes, or of values if ``classes`` is 1."""
    table, problem = make_table(rows, columns)
    numbers = table.select_dtypes("number").drop(columns="y")
    rng = np.random.default_rng(1)
    signal = np.nan_to_num(numbers.to_numpy()) @ rng.normal(size=numbers.shape[1])
    signal = signal + 0.5 * signal.std() * np.sin(3 * np.nan_to_num(numbers.to_numpy()[:, 0]))
    signal = signal + rng.normal(size=rows) * signal.std()
    if classes == 1:
        table["y"] = signal
        problem = replace(problem, task="regression", metric="rmse", classes=(), fold_strategy="shuffled")
    elif classes > 2:
        table["y"] = np.searchsorted(np.quantile(signal, np.arange(1, classes) / classes), signal)
        problem = replace(problem, task="multiclass", classes=tuple(range(classes)))
    return build_feature_table(Featurizer.plan(problem, table), table, problem), problem


class Bench:
    """Fits one algorithm on one fold of a table.

    Args:
        spec: The algorithm.
        shape: Rows, columns and classes of the table.
    """

    def __init__(self, spec: AlgorithmSpec, shape: tuple[int, int, int]) -> None:
        self._spec, self.classes = spec, shape[2]
        self._table, self._problem = features(*shape)
        folds = make_folds(self._problem, y=self._table.y)
        encodings = Encodings(spec, self._table, problem=self._problem, folds=folds, seed=0)
        self.fold: EncodedFold = encodings[0]

    def measure(self, parameters: Mapping[str, Any]) -> Measured:
        """Return the CPU seconds of fitting and predicting the fold."""
        fitter = Fitter(self._spec, parameters, self._table, problem=self._problem, seed=0, n_jobs=1)
        began = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit(self.fold, deadline=Deadline()).predict_encoded(self.fold.X_valid)
        seconds = time.process_time() - began
        return Measured(len(self.fold.train), self.fold.X_train.shape[1], self.classes, seconds)


def constants(measured: list[Measured]) -> dict[str, float]:
    """Return the constants of ``Cost`` that fit best, in relative terms."""

    def error(guess: np.ndarray) -> np.ndarray:
        cost = _cost(guess)
        expected = [cost.fit_seconds(FitSize(one.rows, one.columns, one.classes), {}) for one in measured]
        return np.array([math.log(max(one, _LEAST)) for one in expected]) - np.log(
            [max(one.seconds, _LEAST) for one in measured]
        )

    start = np.array([-3.0, 0.3, 0.9, 0.9, 0.1, 0.5, 0.0])
    low, high = [-12, 0, 0.5, 0, 0, 0, -3], [5, 0.9, 2.5, 2.5, 0.99, 2, 3]
    found = _cost(least_squares(error, start, bounds=(low, high)).x)
    return {name: float(f"{getattr(found, name):.2g}") for name in _CONSTANTS}


def _cost(guess: np.ndarray) -> Cost:
    guess = np.concatenate([np.exp(guess[:1]), guess[1:-1], np.exp(guess[-1:])])
    return Cost(**dict(zip(_CONSTANTS, guess, strict=True)))


def print_effort(spec: AlgorithmSpec) -> None:
    """Print how the cost of a fit changes with each parameter of the search space."""
    bench = Bench(spec, _EFFORT_SHAPE)
    usual = bench.measure({}).seconds
    for name, dimension in spec.search_space.items():
        ends = dimension.choices if isinstance(dimension, Categorical) else (dimension.low, dimension.high)
        ratios = [f"{end}: {bench.measure({name: end}).seconds / usual:.2f}" for end in ends]
        print(f"    {name:20} {', '.join(ratios)}", flush=True)


def _line(spec: AlgorithmSpec, one: Measured) -> str:
    size = FitSize(one.rows, one.columns, one.classes)
    return f"{one.seconds:7.3f} s, {spec.cost.fit_seconds(size, spec.portfolio[0]):7.3f} s expected"


def _complete_schedules() -> None:
    """Keep networks from ending early on these tables, which would be no measure of others."""
    with contextlib.suppress(ImportError):  # PyTorch is an extra.
        from podium_ml.tabular.algorithms import _network_training

        _network_training._MEMORIZED = math.inf


def main() -> None:
    """Measure the algorithms that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    _complete_schedules()
    able = [name for name, spec in ALGORITHMS.items() if spec.is_available()]
    parser.add_argument("--algorithms", nargs="*", default=able, help="by default all that are available")
    parser.add_argument("--effort", action="store_true", help="vary each parameter, too")
    asked = parser.parse_args()
    for name in asked.algorithms:
        spec, measured = ALGORITHMS[name], []
        for shape in SHAPES:
            task = {1: "regression", 2: "binary"}.get(shape[2], "multiclass")
            if task in spec.tasks:
                bench = Bench(spec, shape)
                if not measured:
                    bench.measure(spec.portfolio[0])  # imports do not count
                measured.append(bench.measure(spec.portfolio[0]))
        print(name, constants(measured), flush=True)
        for one in measured:
            print(
                f"    {one.rows:6} x {one.columns:4}, {one.classes} classes: {_line(spec, one)}", flush=True
            )
        if asked.effort:
            print_effort(spec)


if __name__ == "__main__":
    main()
