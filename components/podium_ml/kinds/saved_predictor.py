"""What predictors of the kinds share: their parts, and the file that holds them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, cast

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.files import pickles
from podium_ml.kinds._predictor import KIND


class SavedPredictor:
    """Model and preprocessing in one object, which can be saved.

    Args:
        problem: The problem that the model was trained on.
        featurizer: Turns rows into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Corrects predictions, or ``None``.
        threshold: What decisions depend on, or ``None``.
        sample: Some training rows.
        requirements: Packages that the pickled model needs.
    """

    def __init__(
        self,
        problem: Problem,
        featurizer: Any,
        model: Any,
        *,
        name: str,
        calibrator: Any = None,
        threshold: Any = None,
        sample: pd.DataFrame | None = None,
        requirements: Iterable[str] = (),
    ) -> None:
        self.problem, self.featurizer, self.model, self.name = problem, featurizer, model, name
        self.calibrator, self.threshold = calibrator, threshold
        self.sample = sample if sample is not None else pd.DataFrame()
        self.requirements = list(requirements)

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Columns of rows to predict."""
        raise NotImplementedError

    def save(self, path: str | Path) -> int:
        """Write the predictor to one file and return its size in bytes.

        Raises:
            PodiumError: The file cannot be written.
        """
        metadata = {
            "model": self.name,
            "task": self.problem.task,
            "target": self.problem.target,
            "columns": list(self.needed_columns),
            "requirements": self.requirements,
        }
        return pickles.dump(self, path, kind=KIND, metadata=metadata)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a predictor that ``save`` wrote.

        Raises:
            ModelFileError: The file is missing, damaged, not a predictor, or needs a package that is not installed.
        """
        return cast(Self, pickles.load(path, kind=KIND))
