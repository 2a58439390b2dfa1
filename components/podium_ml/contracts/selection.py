"""Which model was chosen, and why."""

from dataclasses import dataclass

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ModelChoice:
    """One model that could have been chosen.

    Attributes:
        name: Algorithm name, ``weighted_ensemble`` or ``stacked_ensemble``.
        score: Out-of-fold value of the metric, or ``None`` if the branch failed.
        fit_seconds: Seconds that fitting took, members included.
        predict_milliseconds: Milliseconds to predict one row alone, end to end (median of several).
        size_bytes: Size of the saved model in bytes.
        eligible: Whether it keeps within the user's limits.
        reason: Why it is not eligible, or why it failed; else empty.
        interpretable: Whether its predictions can be read off the model itself.
    """

    name: str
    score: float | None
    fit_seconds: float = 0.0
    predict_milliseconds: float = 0.0
    size_bytes: int = 0
    eligible: bool = True
    reason: str = ""
    interpretable: bool = False


@dataclass(frozen=True)
class Selection(Contract):
    """The choice, made on out-of-fold predictions only.

    Attributes:
        chosen: Name of the chosen model.
        reason: Why, in one sentence for the user.
        choices: All models, best first.
        threshold: Probability from which the positive class is predicted; ``None`` when not tuned.
        calibrated: Whether probabilities are calibrated, and how (``""``, ``"temperature"``, ``"isotonic"``).
        calibration_gain: Log loss saved by calibration, cross-fitted on out-of-fold rows.
        score: Cross-fitted out-of-fold score of the chosen model after calibration and threshold.
    """

    chosen: str
    reason: str
    choices: tuple[ModelChoice, ...]
    threshold: float | None = None
    calibrated: str = ""
    calibration_gain: float = 0.0
    score: float | None = None
