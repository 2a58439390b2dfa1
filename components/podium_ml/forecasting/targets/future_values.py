"""Future values: the target is the next values of series."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.forecasting.hierarchy.adding import Sums
from podium_ml.forecasting.hierarchy.reconciliation import choose_reconciliation
from podium_ml.forecasting.hierarchy.tree import Tree
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.targets._widths import Widths, fitting_width, fitting_widths, with_spread
from podium_ml.metrics import Metric, Threshold
from podium_ml.targets import Corrections, Fitting, Target
from podium_ml.values.numbers import target_numbers

SCALE_COLUMN = "podium scale"
"""Column of the training and test rows with the scale of their series: the mean absolute error of a naive forecast."""
ROOT_SCALE_COLUMN = "podium root scale"
"""The same for squared errors: the root of the mean squared error."""

# Widths of intervals change no other score, and take long for many rows.
_OF_QUANTILES = frozenset({"wql", "sql", "coverage", "interval_width"})


class FutureValues(Target):
    """Values of series and the two scales of their errors, float64, shape ``(n, 3)``.

    Raw predictions have the columns of the point forecast and of the quantiles ``LEVELS``, shape ``(n, 1 + q)``.
    """

    name = "future_values"
    tasks = frozenset({"forecasting"})
    output = "values"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``; without their rows, values have the scale 1."""
        numbers = target_numbers(values)
        return np.column_stack([numbers, np.ones((len(numbers), 2))])

    def encode_rows(self, table: pd.DataFrame, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        encoded = self.encode(table[problem.target], problem)
        for place, name in enumerate((SCALE_COLUMN, ROOT_SCALE_COLUMN), start=1):
            if name in table:
                encoded[:, place] = table[name]
        return encoded

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.asarray(decisions[:, 0] if decisions.ndim > 1 else decisions, dtype=np.float64)

    def text(self, value: Any) -> str:
        """See ``Target``."""
        return f"{value:,.6g}"

    def ordering(self, y: np.ndarray) -> np.ndarray:
        """See ``Target``."""
        return y[:, 0]

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return ("", *(f"q{level:g}" for level in LEVELS))

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.zeros((rows, 1 + len(LEVELS)))

    @property
    def guess(self) -> str:
        """See ``Target``."""
        return "repeating the last season"

    @property
    def baseline_is(self) -> str:
        """See ``Target``."""
        return "The baseline repeats the last season, or the last value if there is no season."

    @property
    def guess_note(self) -> str:
        """See ``Target``."""
        return "score of repeating the last season, or the last value if there is no season"

    @property
    def work(self) -> str:
        """See ``Target``."""
        return "Forecasting"

    def question(self, problem: Problem, *, shorten: Callable[[object], str] = str) -> str:
        """See ``Target``."""
        assert problem.series is not None
        task = problem.series
        steps = "value" if task.horizon == 1 else f"{task.horizon:,} values"
        series = f" in each of {len(task.labels):,} series" if len(task.labels) > 1 else ""
        known = (
            f" and {', '.join(shorten(name) for name in task.known)}, known in advance" if task.known else ""
        )
        be = "is" if task.horizon == 1 else "are"
        return (
            f"What {be} the next {steps} of “{shorten(problem.target)}”{series}? Forecast from the past of each "
            f"series{known}."
        )

    def fit(self, work: Fitting) -> Any:
        """See ``Target``."""
        return work.run()

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """See ``Target``; quantiles never cross."""
        forecast = np.array(estimator.predict(encoded), dtype=np.float64)
        forecast[:, 1:].sort(axis=1)
        return np.where(np.isfinite(forecast).all(axis=1, keepdims=True), forecast, np.nan)

    def choose_sharpness(
        self, raw: np.ndarray, targets: Targets, *, folds: Folds
    ) -> tuple[float, np.ndarray]:
        """Return by how much to narrow the intervals, so that they cover what they should, and the forecasts with them.

        The part of each fold is narrowed by what the other folds tell (conformal prediction; Romano et al. 2019).
        """
        narrowed = raw.copy()
        for train, valid in folds:
            narrowed[valid] = self.sharpen(raw[valid], fitting_width(raw[train], targets.y[train]))
        return fitting_width(raw, targets.y), narrowed

    def mix(
        self, weights: Sequence[float] | Sequence[np.ndarray] | np.ndarray, predictions: Sequence[np.ndarray]
    ) -> np.ndarray:
        """See ``Target``: where the points of the models differ, the quantiles are further apart.

        The variance of a mixture is the mean of the variances, and that of the means.
        """
        mean = super().mix(weights, predictions)
        apart = super().mix(weights, [(raw[:, :1] - mean[:, :1]) ** 2 for raw in predictions])
        never_negative = np.min([raw.min(axis=1) for raw in predictions], axis=0) >= 0
        return with_spread(mean, np.sqrt(apart[:, 0]), never_negative=never_negative)

    def sharpen(self, raw: np.ndarray, sharpness: float) -> np.ndarray:
        """See ``Target``: the quantiles come closer to the point."""
        return Widths(sharpness).calibrate(raw)

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Return widths that cover what they should: those of an average of forecasts are often too wide."""
        windows = np.zeros(len(raw))
        for place, (_, valid) in enumerate(folds):
            windows[valid] = place
        widths, narrowed = fitting_widths(raw, targets.y, windows), raw.copy()
        for train, valid in folds if metric.name in _OF_QUANTILES else ():
            own = fitting_widths(raw[train], targets.y[train], windows[train])
            narrowed[valid] = own.calibrate(raw[valid])
        if problem.series is not None and (tree := Tree.of(problem.series.labels)):
            sums = Sums.of(tree, choose_reconciliation(raw, targets, tree, folds=folds), targets)
            widths, narrowed = (
                replace(widths, sums=sums),
                sums.cross_fitted(narrowed, raw, targets, folds),
            )
        return Corrections(metric.score(targets.y, narrowed, targets.weight), widths)

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """See ``correct``."""
        return self.correct(raw, targets, problem=problem, metric=metric, folds=folds)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``."""
        return float(np.mean(y[:, 0]))

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """Return the point forecasts."""
        return raw[:, 0]

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return np.zeros(len(raw), dtype=np.int64)

    @property
    def stacks(self) -> bool:
        """See ``Target``: quantiles are averaged."""
        return False

    @property
    def trusts_scores(self) -> bool:
        """See ``Target``: there are few windows, which are alike."""
        return True

    @property
    def weighs_anew(self) -> bool:
        """See ``Target``: the test is the newest window."""
        return True

    @property
    def has_median(self) -> bool:
        """See ``Target``: medians of ordered quantiles are ordered."""
        return True

    @property
    def naive_baseline(self) -> bool:
        """See ``Target``: the seasonal naive forecast differs from row to row."""
        return True

    def plain_errors(
        self, metric: Metric, raw: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, int] | None:
        """See ``Target``: errors of the points, divided by the scales."""
        power = {"mase": 1, "rmsse": 2}.get(metric.name)
        return None if power is None else (raw[..., 0] / y[:, power], y[:, 0] / y[:, power], power)

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """See ``Target``."""
        return np.column_stack([one[:, 0] for one in predictions])

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``; quantiles are averaged, never stacked."""
        raise NotImplementedError("Forecasts are not stacked.")


SPEC = FutureValues()
