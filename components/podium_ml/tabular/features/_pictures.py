"""Pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode_any, shrink
from podium_ml.media.errors import PictureError
from podium_ml.media.pixels import COLOUR, GREY, is_grey, read_pixels, to_pixels
from podium_ml.media.references import References
from podium_ml.media.shape import describe_colours, describe_edges
from podium_ml.tabular.features._column import Part

# Sides of the pictures that models learn from.
_SMALLEST, _LARGEST = 16, 64
# Pictures that are looked at to choose a side and to see whether there are colours.
_SAMPLE = 200
_SAME_SHAPE = 0.02


@dataclass(frozen=True)
class PictureColumn:
    """The picture at a small size, and its edges, colours and proportions as numbers.

    Attributes:
        packed: Longest side that pictures had in training before they were scaled; larger ones are reduced first.
        side: Side of the square that models learn from.
        channels: 1 if all training pictures are grey, else 3.
        proportions: Whether training pictures differ in the ratio of width and height.
    """

    packed: int
    side: int
    channels: int
    proportions: bool

    @classmethod
    def plan(cls, column: pd.Series, *, packed: int = 0) -> Self:
        """Choose a side, and see whether there are colours.

        Args:
            column: The training rows, packed.
            packed: Longest side of the packed pictures; 0 if they were not reduced.
        """
        known = column.dropna()
        sample = known if len(known) <= _SAMPLE else known.sample(_SAMPLE, random_state=0)
        images = [image for value in sample if (image := _decoded(value)) is not None]
        longest = sorted(max(image.size) for image in images) or [_SMALLEST]
        ratios = np.log([image.width / image.height for image in images] or [1.0])
        side = int(np.clip(longest[len(longest) // 2], _SMALLEST, _LARGEST))
        channels = GREY if all(map(is_grey, images)) else COLOUR
        return cls(packed, side, channels, bool(np.ptp(ratios) > _SAME_SHAPE))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Pixels, edges, colours, and the proportions if they differ."""
        what = "grey pixels" if self.channels == GREY else "pixels"
        parts = (
            Part("", "image", f"the picture, {self.side} x {self.side} {what}"),
            Part("edges", "vector", "directions of edges by place (histograms of oriented gradients)"),
            Part("colours", "vector", "brightness and colours by place"),
        )
        ratio = Part("ratio", "numeric", "logarithm of width divided by height")
        return (*parts, ratio) if self.proportions else parts

    def transform(self, column: pd.Series) -> list[Any]:
        """Return object arrays of bytes, empty for missing, and numbers, NaN for missing."""
        made = at_once(self._one, column.tolist())
        pixels = _objects([one[0] for one in made])
        missing = np.array([not one for one in pixels], dtype=bool)
        values = read_pixels(pixels)
        arrays = [pixels, _bytes(describe_edges(values), missing), _bytes(describe_colours(values), missing)]
        return [*arrays, np.array([one[1] for one in made])] if self.proportions else arrays

    def _one(self, value: Any) -> tuple[bytes, float]:
        """Return the pixels of one picture, and the logarithm of its width by its height."""
        image = _decoded(value)
        if image is None:
            return b"", np.nan
        ratio = float(np.log(image.width / image.height))
        return to_pixels(shrink(image, self.packed), self.side, self.channels), ratio


def _decoded(value: Any) -> Image.Image | None:
    """Return an image of whatever a cell holds, or ``None`` if it holds no picture that can be read."""
    if value is None or isinstance(value, float):
        return None
    try:
        if isinstance(value, str | Path):
            value = References([Path()], _no_fetch).read(str(value))
        return decode_any(value).image
    except PictureError:
        return None


def _no_fetch(url: str) -> bytes:
    raise PictureError("is a URL; download the picture first")


def _bytes(numbers: np.ndarray, missing: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(numbers, dtype=np.float32)
    return _objects([b"" if gone else row.tobytes() for row, gone in zip(rows, missing, strict=True)])


def _objects(values: Iterable[bytes]) -> np.ndarray:
    rows = list(values)
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array
