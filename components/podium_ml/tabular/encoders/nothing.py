"""The encoding for what predicts without looking at any feature."""

import numpy as np
import pandas as pd

from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.features import FeatureRows


class NothingEncoder(Encoder):
    """No columns, so that no text is counted and no category is averaged in vain."""

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return as many rows without columns."""
        return self.transform(X)

    def transform(self, X: pd.DataFrame | FeatureRows) -> np.ndarray:
        """Return rows, float32, shape ``(n, 0)``."""
        return np.empty((len(X), 0), dtype=np.float32)

    def _outputs(self) -> list[Output]:
        return []
