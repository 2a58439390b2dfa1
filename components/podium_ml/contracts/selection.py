"""Which model was chosen, and why."""

from dataclasses import dataclass, field

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ModelChoice:
    """One model that could have been chosen.

    Attributes:
        name: Algorithm name, or that of an ensemble.
        score: Out-of-fold value of the metric, or ``None`` if the branch failed.
        fit_seconds: Seconds for fitting the model once, including the members.
        predict_milliseconds: Milliseconds to predict a single row, end to end (median of several).
        size_bytes: Size of the saved model in bytes.
        eligible: Whether the model meets the user's limits.
        reason: Why the model is not eligible, or why it failed; else empty.
        interpretable: Whether the model is interpretable.
        threshold: What it predicts a class by, tuned like the threshold of the chosen model, whose probabilities alone
            are calibrated; ``None`` if not tuned.
    """

    name: str
    score: float | None
    fit_seconds: float = 0.0
    predict_milliseconds: float = 0.0
    size_bytes: int = 0
    eligible: bool = True
    reason: str = ""
    interpretable: bool = False
    threshold: float | tuple[float, ...] | None = None


@dataclass(frozen=True)
class Selection(Contract):
    """The chosen model and its alternatives, by out-of-fold predictions only.

    Attributes:
        chosen: Name of the chosen model.
        reason: Reason for the choice, in one sentence for the user.
        choices: All models, best first.
        threshold: Minimum probability to predict the positive class, or one per label or class; ``None`` if not tuned.
        calibrated: Whether and how probabilities are calibrated (``""``, ``"logistic"``, ``"isotonic"``; in earlier
            versions also ``"temperature"``), or values shifted (``"offset"``, ``"factor"``).
        calibration_gain: Reduction of the log loss by calibration, cross-fitted on out-of-fold rows.
        seeds_of: Number of models, each with another seed, whose mean the members of an algorithm may become in the
            refit, if it is greater than one.
        score: Cross-fitted out-of-fold score of the chosen model after calibration and threshold tuning.
        tied: Models whose out-of-fold scores differ from the best one by less than noise, the best first; empty if
            this was not compared.
    """

    chosen: str
    reason: str
    choices: tuple[ModelChoice, ...]
    threshold: float | tuple[float, ...] | None = None
    calibrated: str = ""
    calibration_gain: float = 0.0
    score: float | None = None
    seeds_of: dict[str, int] = field(default_factory=dict)
    tied: tuple[str, ...] = ()
