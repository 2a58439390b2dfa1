"""Values: the target is a number."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import Objective, objective_of
from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.errors import DataError
from podium_ml.metrics import Metric, Threshold
from podium_ml.targets._chart_rows import ChartRows
from podium_ml.targets._corrections import Corrections
from podium_ml.targets._fitting import Fitting
from podium_ml.targets._shift import choose_shift
from podium_ml.targets._target import Target
from podium_ml.values.readings import numbers_of


class Values(Target):
    """Numbers, as in regression; encoded as float64, shape ``(n,)``."""

    name = "values"
    tasks = frozenset({"regression"})
    output = "values"

    def encode(self, values: pd.Series, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        numbers = numbers_of(values, problem.readings.get(problem.target))
        if np.isnan(numbers).any():
            row = int(np.isnan(numbers).argmax())
            raise DataError(
                f"Target '{problem.target}': row {row + 1} holds '{values.iloc[row]}', which is not a finite number."
            )
        return numbers

    def decode(self, decisions: np.ndarray, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.asarray(decisions, dtype=np.float64)

    def text(self, value: Any) -> str:
        """See ``Target``."""
        return f"{value:,.6g}"

    def ordering(self, y: np.ndarray) -> np.ndarray:
        """See ``Target``."""
        return y

    def outputs(self, problem: Problem) -> tuple[str, ...]:
        """See ``Target``."""
        return ("",)

    def zeros(self, rows: int, problem: Problem) -> np.ndarray:
        """See ``Target``."""
        return np.zeros(rows)

    def fit(self, work: Fitting) -> Any:
        """See ``Target``: on logarithms or with weights, if the metric asks for it."""
        from podium_ml.targets._value_fitting import fit_values

        return fit_values(work)

    def estimators(self, fitted: Any) -> tuple[Any, ...]:
        """See ``Target``."""
        from podium_ml.targets._value_fitting import LogarithmModel

        return (fitted.estimator if isinstance(fitted, LogarithmModel) else fitted,)

    def with_estimators(self, fitted: Any, estimators: Sequence[Any]) -> Any:
        """See ``Target``."""
        from podium_ml.targets._value_fitting import LogarithmModel

        return LogarithmModel(estimators[0]) if isinstance(fitted, LogarithmModel) else estimators[0]

    def predict(self, estimator: Any, encoded: Any, *, n_outputs: int) -> np.ndarray:
        """See ``Target``."""
        values = np.asarray(estimator.predict(encoded), dtype=np.float64).reshape(-1)
        return np.where(np.isfinite(values), values, np.nan)

    def fallback(self, y: np.ndarray, *, n_outputs: int) -> float:
        """See ``Target``."""
        return float(y.mean())

    def raw(self, columns: np.ndarray) -> np.ndarray:
        """See ``Target``."""
        return columns[:, 0]

    def decide(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return raw

    def main_output(self, raw: np.ndarray, threshold: Threshold) -> np.ndarray:
        """See ``Target``."""
        return np.zeros(len(raw), dtype=np.int64)

    def correct(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Shift the predictions, if that helps."""
        found = choose_shift(raw, targets, metric=metric, objective=objective_of(problem), folds=folds)
        return Corrections(found.score, found.shift, found.kind)

    def adjust(
        self, raw: np.ndarray, targets: Targets, *, problem: Problem, metric: Metric, folds: Folds
    ) -> Corrections:
        """Shift the predictions, if that helps."""
        return self.correct(raw, targets, problem=problem, metric=metric, folds=folds)

    def tunes(self, problem: Problem, metric: Metric) -> bool:
        """See ``Target``: shifts towards a quantile."""
        return objective_of(problem).level is not None

    def meta_features(self, predictions: list[np.ndarray]) -> np.ndarray:
        """See ``Target``."""
        return np.column_stack(predictions)

    def make_meta(self, *, n_outputs: int, problem: Problem | None = None) -> Any:
        """See ``Target``: a weighted sum of the members' values, or of their quantiles."""
        from sklearn.linear_model import LinearRegression

        from podium_ml.algorithms.quantile_regression import QuantileRegressor

        mean = LinearRegression(positive=True)
        objective = Objective() if problem is None else objective_of(problem)
        if objective.level is None:
            return mean
        return QuantileRegressor(mean, objective.level, relative=objective.relative)

    @property
    def layers(self) -> bool:
        """See ``Target``."""
        return True

    def charts(
        self,
        problem: Problem,
        y: np.ndarray,
        raw: np.ndarray,
        *,
        threshold: Threshold,
        weight: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """Return ``predicted_vs_true`` and ``residuals``.

        The first has ``true`` and ``predicted`` of some rows, and ``bins``; the second (predicted less true) has a
        histogram's ``edges`` and ``counts``, and ``predicted`` and ``residual`` of some rows. If rows have weights,
        they count by these, and the second chart has ``weighted``.
        """
        from podium_ml.targets._value_charts import predicted_vs_true, residuals

        rows = ChartRows.of(y, raw, weight)
        return {
            "predicted_vs_true": predicted_vs_true(rows.y, rows.raw, rows.weight, seed=problem.seed),
            "residuals": residuals(rows.y, rows.raw, rows.weight, seed=problem.seed),
        }


SPEC = Values()
