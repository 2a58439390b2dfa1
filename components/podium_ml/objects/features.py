"""Pictures at the size that models of objects learn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from podium_ml.contracts import Feature, FeatureSchema, Problem
from podium_ml.contracts.object_task import CELL
from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode_any
from podium_ml.media.errors import PictureError
from podium_ml.media.pixels import COLOUR, read_pixels, to_pixels

PICTURE = "picture"


@dataclass
class PictureFeaturizer:
    """Scales pictures to a square of four pixels a cell.

    Attributes:
        schema: The only feature.
        column: The column of pictures.
        side: Side of the square in pixels.
    """

    schema: FeatureSchema
    column: str
    side: int

    @classmethod
    def plan(cls, problem: Problem) -> "PictureFeaturizer":
        """Return the featurizer of a problem."""
        assert problem.objects is not None
        column, side = problem.features[0].name, CELL * problem.objects.grid
        what = f"the picture, {side} x {side} pixels"
        return cls(FeatureSchema((Feature(PICTURE, "image", column, what, key=True),)), column, side)

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """See ``podium_ml.kinds.Featurizer``."""
        pixels = np.empty(len(table), dtype=object)
        pixels[:] = at_once(self._one, table[self.column].tolist())
        return pd.DataFrame({PICTURE: pixels})

    def _one(self, value: Any) -> bytes:
        try:
            image = decode_any(value).image
        except PictureError:
            image = Image.new("RGB", (self.side, self.side), "white")
        return to_pixels(image, self.side, COLOUR)


class PixelEncoder:
    """Turns features into pixels."""

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, **related: Any) -> np.ndarray:
        """Return the rows encoded; there is nothing to learn."""
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return pixels, uint8, shape ``(n, side, side, 3)``."""
        return read_pixels(X[PICTURE].to_numpy())
