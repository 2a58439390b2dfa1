"""Pictures at the size that models of objects learn from, and maps of them by a pretrained network."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from podium_ml.contracts import Feature, FeatureSchema, Problem
from podium_ml.contracts.object_task import CELL
from podium_ml.errors import TrainingError
from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode_any
from podium_ml.media.errors import PictureError
from podium_ml.media.pixels import COLOUR, read_pixels, to_pixels
from podium_ml.objects.map_rows import MapRows, read_cells, to_cells
from podium_ml.weights import given

if TYPE_CHECKING:
    from podium_ml.embeddings.pictures import PictureEncoder

PICTURE, MAP = "picture", "map"
_SAMPLE, _ROWS_AT_ONCE = 24, 64


@dataclass
class PictureFeaturizer:
    """Scales pictures to a square of four pixels a cell.

    Attributes:
        schema: The features: the picture, and maps of several scales if there is a network.
        column: The column of pictures.
        side: Side of the square in pixels.
        encoder: A pretrained network that makes maps, or ``None``.
    """

    schema: FeatureSchema
    column: str
    side: int
    encoder: "PictureEncoder | None" = None

    @classmethod
    def plan(cls, problem: Problem, train: pd.DataFrame) -> Self:
        """Return the featurizer of a problem.

        Args:
            problem: The problem.
            train: The training rows, for which a pretrained network must have time.
        """
        assert problem.objects is not None
        column, side = problem.features[0].name, CELL * problem.objects.grid
        what = f"the picture, {side} x {side} pixels"
        plain = cls(FeatureSchema((Feature(PICTURE, "image", column, what, key=True),)), column, side)
        return plain._with_maps(problem, train) if "backbone" in problem.weights else plain

    def _with_maps(self, problem: Problem, train: pd.DataFrame) -> Self:
        from podium_ml.objects.frozen_maps import read_map_encoder

        assert problem.objects is not None
        few = train[self.column].sample(min(_SAMPLE, len(train)), random_state=0)
        images = at_once(self._image, few.tolist())
        most = sorted(max(one.size) for one in images)[len(images) // 2]
        encoder = read_map_encoder(
            given("backbone"), images, count=len(train), most=most, grid=problem.objects.grid
        )
        if encoder is None:
            return self
        scales = [f"{one.shape[2]} x {one.shape[3]}" for one in encoder.maps(images[:1])]
        maps = [
            Feature(
                f"{MAP}_{at}", "map", self.column, f"map by the pretrained network, {size} places", key=True
            )
            for at, size in enumerate(scales)
        ]
        return replace(self, schema=FeatureSchema((*self.schema.features, *maps)), encoder=encoder)

    def without_encoder(self) -> Self:
        """Return a featurizer that makes no maps, for models that read none: it is smaller and quicker."""
        return replace(self, schema=self.schema.without(self.schema.of_kind("map")), encoder=None)

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """See ``podium_ml.kinds.Featurizer``."""
        values, names = table[self.column].tolist(), [one.name for one in self.schema.features]
        parts = [
            self._part(values[start : start + _ROWS_AT_ONCE])
            for start in range(0, len(values), _ROWS_AT_ONCE)
        ]
        columns = {name: np.empty(len(values), dtype=object) for name in names}
        for at, name in enumerate(names):
            columns[name][:] = [cell for part in parts for cell in part[at]]
        return pd.DataFrame(columns)

    def _part(self, values: list[Any]) -> list[list[bytes]]:
        """Return the cells of some rows by feature, so that few pictures are decoded at a time."""
        images = at_once(self._image, values)
        maps = [to_cells(one) for one in self.encoder.maps(images)] if self.encoder else []
        return [[to_pixels(one, self.side, COLOUR) for one in images], *maps]

    def _image(self, value: Any) -> Image.Image:
        return _image(value) or Image.new("RGB", (self.side, self.side), "white")


class PixelEncoder:
    """Turns features into pixels.

    Args:
        schema: The features of the table.
    """

    def __init__(self, schema: FeatureSchema) -> None:
        self.schema = schema.without(schema.of_kind("map"))

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, **related: Any) -> np.ndarray:
        """Return the rows encoded; there is nothing to learn."""
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return pixels, uint8, shape ``(n, side, side, 3)``."""
        return read_pixels(X[PICTURE].to_numpy())


class MapEncoder:
    """Turns features into pixels and maps.

    Args:
        schema: The features of the table.
    """

    def __init__(self, schema: FeatureSchema) -> None:
        self.schema = schema

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, **related: Any) -> MapRows:
        """Return the rows encoded; there is nothing to learn.

        Raises:
            TrainingError: No maps were stored.
        """
        if not self.schema.of_kind("map"):
            raise TrainingError(
                "There are no maps of the pretrained network; see the notice of featurize_data."
            )
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> MapRows:
        """Return pixels and maps."""
        maps = (read_cells(X[name].to_numpy()) for name in self.schema.of_kind("map"))
        return MapRows(read_pixels(X[PICTURE].to_numpy()), tuple(maps))


def _image(value: Any) -> Image.Image | None:
    try:
        return decode_any(value).image
    except PictureError:
        return None
