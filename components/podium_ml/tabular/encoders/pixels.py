"""The encoding for networks that look at pictures."""

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema
from podium_ml.media.pixels import read_pixels
from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._pixel_rows import PixelRows
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.features import FeatureRows


class PixelEncoder(Encoder):
    """The pictures themselves, and the other columns as the one-hot encoding makes them."""

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> PixelRows:
        """Learn the other columns, and return the training rows."""
        images = {feature.source for feature in self.schema.features if feature.kind == "image"}
        others = tuple(feature for feature in self.schema.features if feature.source not in images)
        self.others_ = OneHotEncoder(FeatureSchema(others), task=self.task, seed=self.seed)
        return PixelRows(self._pixels(X), self.others_.fit_transform(X, y, weight=weight, group=group))

    def transform(self, X: pd.DataFrame | FeatureRows) -> PixelRows:
        """Return rows."""
        return PixelRows(self._pixels(X), self.others_.transform(X))

    def _outputs(self) -> list[Output]:
        own = [Output(f"{name}__pixels", name) for name in self.schema.of_kind("image")]
        return [*own, *self.others_._outputs()]

    def _pixels(self, X: pd.DataFrame | FeatureRows) -> np.ndarray:
        parts = [read_pixels(_column(X, name)) for name in self.schema.of_kind("image")]
        largest = max((part.shape[1:3] for part in parts), default=(1, 1))
        return np.concatenate([_scaled(part, largest[0]) for part in parts], axis=3) if parts else _blank(X)


def _column(X: pd.DataFrame | FeatureRows, name: str) -> np.ndarray:
    return X.columns[name] if isinstance(X, FeatureRows) else X[name].to_numpy()


def _blank(X: pd.DataFrame | FeatureRows) -> np.ndarray:
    return np.full((len(X), 1, 1, 1), 255, dtype=np.uint8)


def _scaled(pixels: np.ndarray, side: int) -> np.ndarray:
    """Return pictures of another side, so that those of several columns have one."""
    if pixels.shape[1] == side:
        return pixels
    places = np.arange(side) * pixels.shape[1] // side
    return pixels[:, places][:, :, places]
