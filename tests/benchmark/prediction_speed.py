"""How fast each algorithm, and an ensemble of some, predicts one row and 10,000 rows, and how large its file is.

    python -m tests.benchmark.prediction_speed
    python -m tests.benchmark.prediction_speed --algorithms lightgbm catboost --seconds 5

Timings are the best of several, because other work on the machine can only make them longer.
"""

import argparse
import pickle
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Problem
from podium_ml.kinds.features import build_feature_table
from podium_ml.models import BaggedModel, FoldModel, WeightedEnsemble
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import Columns, FeatureRows, Featurizer
from podium_ml.tabular.predictor import Predictor
from podium_ml.targets import target_of

SHAPES = ((1_000, 20), (50_000, 30))
MANY = 10_000
ENSEMBLE = ("lightgbm", "catboost", "extra_trees", "logistic_regression")


def make_table(rows: int, columns: int) -> tuple[pd.DataFrame, Problem]:
    """Return a table for binary classification: numbers, whole numbers, and a third of categories with gaps."""
    rng = np.random.default_rng(0)
    table, signal, declared = {}, np.zeros(rows), []
    for at in range(columns):
        if at % 3 == 2:
            levels = rng.integers(0, 4 + 3 * at, rows)
            signal += rng.normal(size=4 + 3 * at)[levels] * 0.5
            values = np.array([f"level {level}" for level in range(4 + 3 * at)], dtype=object)[levels]
            table[f"category {at}"] = pd.Series(values).mask(rng.random(rows) < 0.05)
            declared.append(Column(f"category {at}", "categorical", "string"))
            continue
        numbers = rng.normal(size=rows).round(3) if at % 3 else rng.integers(0, 50, rows) / 10
        signal += numbers * rng.normal() + np.sin(3 * numbers)
        table[f"number {at}"] = np.where(rng.random(rows) < 0.03, np.nan, numbers)
        declared.append(Column(f"number {at}", "numeric", "double"))
    table["y"] = (signal + rng.normal(size=rows) * signal.std() > np.median(signal)).astype(int)
    declared.append(Column("y", "target", "int64"))
    problem = Problem("speed", "binary", "y", "log_loss", tuple(declared), classes=(0, 1), n_train=rows)
    return pd.DataFrame(table), problem


def best_seconds(work: Callable[[], Any], *, least: int = 3, seconds: float = 1.0) -> float:
    """Return the shortest of several timings; the first call, which may import modules, does not count."""
    work()
    times: list[float] = []
    while len(times) < least or (sum(times) < seconds and len(times) < 200):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


class Table:
    """A table with its features and fitted encoders.

    Args:
        rows: Number of rows.
        columns: Number of columns without the target.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.problem = make_table(rows, columns)
        self.featurizer = Featurizer.plan(self.problem, self.rows)
        self.features = build_feature_table(self.featurizer, self.rows, self.problem)
        self.many = self.rows.sample(MANY, replace=True, random_state=0).reset_index(drop=True)
        self.one = self.rows.iloc[[0]]
        self._encoded: dict[str, tuple[Any, Any]] = {}

    def _rows(self, table: pd.DataFrame) -> FeatureRows:
        return self.featurizer.rows(Columns(table))

    def encoded(self, needs: Any) -> tuple[Any, Any]:
        """Return the encoder, and the training rows as it encodes them."""
        if needs not in self._encoded:
            encoder = make_encoder(needs, schema=self.featurizer.schema, problem=self.problem, seed=0)
            self._encoded[needs] = encoder, encoder.fit_transform(self.features.X, self.features.y)
        return self._encoded[needs]

    def fit(self, name: str, seconds: float) -> tuple[Any, Any]:
        """Return the encoder and the estimator of an algorithm, fitted for at most some seconds."""
        spec = ALGORITHMS[name]
        encoder, encoded = self.encoded(spec.needs)
        y = self.features.y
        chosen = slice(0, spec.max_rows or len(y))
        part = encoded.iloc[chosen] if isinstance(encoded, pd.DataFrame) else encoded[chosen]
        estimator = spec.build(self.problem, seed=0, n_jobs=2, **dict(spec.portfolio[0]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = spec.fit_estimator(estimator, part, y[chosen], deadline=Deadline.after(seconds))
        return encoder, fitted

    def predictor(self, names: Sequence[str], fitted: dict[str, tuple[Any, Any]]) -> Predictor:
        """Return a predictor that averages fitted algorithms."""
        outputs, target = self.problem.n_outputs, target_of(self.problem).name
        folds = [FoldModel(*fitted[name], n_classes=outputs, target_type=target) for name in names]
        members = tuple(BaggedModel(name, {}, (fold,)) for name, fold in zip(names, folds, strict=True))
        model = WeightedEnsemble(members, (1 / len(members),) * len(members))
        return Predictor(self.problem, self.featurizer, model, name="mean")

    def parts(self) -> None:
        """Print how long features and encodings take."""
        time_parts("features", self._rows, self.one, self.many)
        features = self._rows(self.one), self._rows(self.many)
        for needs in ("native", "ordinal", "onehot", "target"):
            time_parts(f"encoding {needs}", self.encoded(needs)[0].transform, *features)


def time_parts(name: str, work: Callable[[Any], Any], one: Any, many: Any) -> None:
    """Print how long a part of a prediction takes for one row and for many."""
    print_line(name, best_seconds(lambda: work(one)), best_seconds(lambda: work(many)), None)


def print_line(name: str, one: float, many: float, size: int | None) -> None:
    """Print one line of the table."""
    megabytes = "" if size is None else f"{size / 1e6:8.2f} MB"
    print(f"{name:32}{1000 * one:10.2f} ms{many:10.3f} s{megabytes}", flush=True)


def measure(name: str, predictor: Predictor, table: Table) -> None:
    """Print the speed and size of a predictor."""
    predictor = pickle.loads(pickle.dumps(predictor))
    one = best_seconds(lambda: predictor.predict(table.one))
    many = best_seconds(lambda: predictor.predict(table.many))
    print_line(name, one, many, len(pickle.dumps(predictor)))


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    able = [name for name, spec in ALGORITHMS.items() if "binary" in spec.tasks and spec.is_available()]
    parser.add_argument("--algorithms", nargs="*", default=able, help="by default all that are available")
    parser.add_argument("--seconds", type=float, default=10.0, help="training time of each model")
    parser.add_argument("--shapes", nargs="*", type=int, default=[0, 1], help="0: 1,000 x 20, 1: 50,000 x 30")
    asked = parser.parse_args()
    for shape in asked.shapes:
        rows, columns = SHAPES[shape]
        print(f"\n{rows:,} rows x {columns} columns{'1 row':>20}{f'{MANY:,} rows':>15}{'size':>9}")
        table = Table(rows, columns)
        table.parts()
        fitted = {name: table.fit(name, asked.seconds) for name in asked.algorithms}
        for name in fitted:
            measure(name, table.predictor([name], fitted), table)
        together = [name for name in ENSEMBLE if name in fitted]
        if together:
            measure(f"ensemble of {len(together)}", table.predictor(together, fitted), table)


if __name__ == "__main__":
    main()
