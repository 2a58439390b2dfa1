"""What is done to a model's probabilities, values and decisions."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from podium_ml.contracts.targets import Targets
from podium_ml.metrics import Threshold


class Calibrator(Protocol):
    """Corrects raw predictions."""

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return raw predictions of the same shape."""
        ...


@dataclass(frozen=True)
class Corrections:
    """Corrections that help, cross-fitted.

    Attributes:
        score: Cross-fitted score with them.
        calibrator: Corrects probabilities or values, or ``None``.
        calibrated: How: ``"logistic"``, ``"isotonic"``, ``"offset"``, ``"factor"`` or empty.
        calibration_gain: Log loss that it saves.
        threshold: Corrected probability from which a class is predicted, or one a label or class; ``None`` for the
            usual rule.
    """

    score: float
    calibrator: Calibrator | None = None
    calibrated: str = ""
    calibration_gain: float = 0.0
    threshold: Threshold = None

    def apply(self, raw: np.ndarray, targets: Targets) -> np.ndarray:
        """Return corrected raw predictions of rows that are scored.

        Args:
            raw: Raw predictions.
            targets: The targets of the rows; their groups and times tell which predictions belong together.
        """
        if self.calibrator is None:
            return raw
        together = getattr(self.calibrator, "calibrate_rows", None)
        return self.calibrator.calibrate(raw) if together is None else together(raw, targets)
