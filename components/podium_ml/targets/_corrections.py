"""What is done to the chosen model's probabilities and decisions."""

from dataclasses import dataclass

from podium_ml.metrics import Threshold
from podium_ml.targets._calibration import Calibrator


@dataclass(frozen=True)
class Corrections:
    """Corrections that help, cross-fitted.

    Attributes:
        score: Cross-fitted score with them.
        calibrator: Corrects probabilities or values, or ``None``.
        calibrated: How: ``"logistic"``, ``"isotonic"``, ``"offset"``, ``"factor"`` or empty.
        calibration_gain: Log loss that it saves.
        threshold: Probability from which a class is predicted, or ``None``.
    """

    score: float
    calibrator: Calibrator | None = None
    calibrated: str = ""
    calibration_gain: float = 0.0
    threshold: Threshold = None
