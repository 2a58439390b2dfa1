"""Scores and chart data of every model on the test set."""

from dataclasses import dataclass, field
from typing import Any, Literal

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class MetricValue:
    """A metric with its bootstrap interval.

    Attributes:
        value: Point estimate, or ``None`` if the metric is undefined on these rows.
        low: Lower end of the 95% interval, or ``None`` if not computed.
        high: Upper end.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


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
        notes: What the user should know about the scored rows: left out, sampled, or none at all.
    """

    metric: str
    greater_is_better: bool
    rows: int
    models: tuple[ModelScores, ...]
    charts: dict[str, Any] = field(default_factory=dict)
    model_charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
