"""Scores and chart data of every model on the test set."""

from dataclasses import dataclass, field
from typing import Any, Literal

from podium_ml.contracts._contract import Contract

# Why a model has no test score, if there was no time for it.
TOO_SLOW = "Not scored on the test set: its predictions would have taken too long."


@dataclass(frozen=True)
class MetricValue:
    """A metric with its interval.

    Attributes:
        value: Point estimate, or ``None`` if the metric is undefined on these rows.
        low: Lower end of the 95% interval, or ``None`` if not computed.
        high: Upper end.
        reason: Why there is no interval, as the end of a sentence; empty if there is one.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class ModelScores:
    """One row of the leaderboard.

    Attributes:
        name: Model name as in the selection.
        status: ``ok`` or ``failed``.
        reason: Why the model failed, breaks a limit or was not scored on the test set; else empty.
        oof_score: Out-of-fold value of the primary metric.
        test: Metrics on the test set by name; empty without a test set or for a failed model.
        fit_seconds: Seconds for fitting.
        predict_milliseconds: Milliseconds to predict one row.
        size_bytes: Size of the saved model in bytes.
        n_trials: Number of trials of its branch.
        chosen: Whether this is the chosen model.
        tied: Whether its out-of-fold score differs from the best one by less than noise, as far as this was compared.
        n_columns: Number of the user's columns that it reads; 0 if it reads none or failed.
    """

    name: str
    status: Literal["ok", "failed"]
    reason: str = ""
    oof_score: float | None = None
    test: dict[str, MetricValue] = field(default_factory=dict)
    fit_seconds: float = 0.0
    predict_milliseconds: float = 0.0
    size_bytes: int = 0
    n_trials: int = 0
    chosen: bool = False
    tied: bool = False
    n_columns: int = 0


@dataclass(frozen=True)
class Evaluation(Contract):
    """All measurements on rows that played no part in training or selection.

    Attributes:
        metric: Primary metric.
        greater_is_better: Direction of the primary metric.
        rows: Number of test rows; 0 means that the charts show out-of-fold predictions instead.
        models: Leaderboard rows, best out-of-fold score first, failed ones last.
        charts: Chart data of the chosen model by chart name (``confusion_matrix``, ``roc``, ``precision_recall``,
            ``lift``, ``gains``, ``calibration``, ``predicted_vs_true``, ``residuals``); plain lists and numbers.
        model_charts: Chart data of the other models, by model and chart name, if there was time for them.
        seconds: Seconds for the evaluation.
        notes: What the user should know about the scored rows: left out, sampled, few groups, or none at all; and
            about a test score that differs from the out-of-fold score.
        over_baseline: By how much the chosen model is better than the baseline on the primary metric, on the same
            resamples (greater is better); ``None`` if it is the baseline, or if there is none.
    """

    metric: str
    greater_is_better: bool
    rows: int
    models: tuple[ModelScores, ...]
    charts: dict[str, Any] = field(default_factory=dict)
    model_charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    over_baseline: MetricValue | None = None

    def charts_of(self, name: str) -> dict[str, Any]:
        """Return the chart data of a model by chart name; empty if there was no time for them."""
        chosen = any(model.chosen and model.name == name for model in self.models)
        return self.charts if chosen else self.model_charts.get(name, {})
