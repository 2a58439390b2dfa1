"""Pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode_any, shrink
from podium_ml.media.errors import PictureError
from podium_ml.media.given import content_of
from podium_ml.media.pixels import COLOUR, GREY, is_grey, read_pixels, to_pixels
from podium_ml.media.shape import describe_colours, describe_edges
from podium_ml.run.events import emit
from podium_ml.tabular.features._column import Part
from podium_ml.weights.given import seconds_given

if TYPE_CHECKING:
    from podium_ml.embeddings.pictures import PictureEncoder

# Sides of the pictures that models learn from.
_SMALLEST, _LARGEST = 16, 64
# Pictures that are looked at to choose a side and to see whether there are colours.
_SAMPLE = 200
_SAME_SHAPE = 0.02
_ROWS_AT_ONCE = 256
_TOO_SLOW = (
    "The pretrained network would take longer than {seconds:.0f} s for {count:,} pictures, so no model learns "
    "from its vectors."
)


@dataclass(frozen=True)
class PictureColumn:
    """The picture at a small size, and its edges, colours and proportions as numbers.

    Attributes:
        packed: Longest side that pictures had in training before they were scaled; larger ones are reduced first.
        side: Side of the square that models learn from.
        channels: 1 if all training pictures are grey, else 3.
        proportions: Whether training pictures differ in the ratio of width and height.
        encoder: A pretrained network that makes vectors, or ``None``.
    """

    packed: int
    side: int
    channels: int
    proportions: bool

    encoder: "PictureEncoder | None" = None

    @classmethod
    def plan(cls, column: pd.Series, *, packed: int = 0, weights: Path | None = None) -> Self:
        """Choose a side, and see whether there are colours.

        Args:
            column: The training rows, packed.
            packed: Longest side of the packed pictures; 0 if they were not reduced.
            weights: Folder of the weights of a pretrained network, or ``None``.
        """
        known = column.dropna()
        sample = known if len(known) <= _SAMPLE else known.sample(_SAMPLE, random_state=0)
        images = [image for value in sample if (image := _decoded(value)) is not None]
        longest = sorted(max(image.size) for image in images) or [_SMALLEST]
        ratios = np.log([image.width / image.height for image in images] or [1.0])
        usual = longest[len(longest) // 2]
        side = int(np.clip(usual, _SMALLEST, _LARGEST))
        channels = GREY if all(map(is_grey, images)) else COLOUR
        encoder = _encoder(weights, images, count=len(known), usual=usual) if weights else None
        return cls(packed, side, channels, bool(np.ptp(ratios) > _SAME_SHAPE), encoder)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Pixels, edges, colours, the proportions if they differ, and the vector of a pretrained network."""
        what = "grey pixels" if self.channels == GREY else "pixels"
        parts = [
            Part("", "image", f"the picture, {self.side} x {self.side} {what}"),
            Part("edges", "vector", "directions of edges by place (histograms of oriented gradients)"),
            Part("colours", "vector", "brightness and colours by place"),
        ]
        if self.proportions:
            parts.append(Part("ratio", "numeric", "logarithm of width divided by height"))
        if self.encoder:
            side = self.encoder.side
            parts.append(
                Part("backbone", "vector", f"vector by the pretrained network, {side} x {side} pixels")
            )
        return tuple(parts)

    def transform(self, column: pd.Series) -> list[Any]:
        """Return object arrays of bytes, empty for missing, and numbers, NaN for missing."""
        values = column.tolist()
        starts = range(0, max(1, len(values)), _ROWS_AT_ONCE)
        parts = [self._part(values[start : start + _ROWS_AT_ONCE]) for start in starts]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]

    def _part(self, values: list[Any]) -> list[np.ndarray]:
        """Return the features of some rows, so that few pictures are decoded at a time."""
        images = at_once(self._image, values)
        missing = np.array([image is None for image in images], dtype=bool)
        pixels = _objects([to_pixels(one, self.side, self.channels) if one else b"" for one in images])
        small = read_pixels(pixels) if not missing.all() else self._blank(len(images))
        arrays = [pixels, _bytes(describe_edges(small), missing), _bytes(describe_colours(small), missing)]
        if self.proportions:
            arrays.append(np.array([np.log(one.width / one.height) if one else np.nan for one in images]))
        if self.encoder:
            arrays.append(_bytes(self._encoded(images), missing))
        return arrays

    def _image(self, value: Any) -> Image.Image | None:
        image = _decoded(value)
        return None if image is None else shrink(image, self.packed)

    def _blank(self, rows: int) -> np.ndarray:
        return np.full((rows, self.side, self.side, self.channels), 255, dtype=np.uint8)

    def _encoded(self, images: list[Image.Image | None]) -> np.ndarray:
        """Return vectors of pictures; those of missing ones are zeros."""
        assert self.encoder is not None
        there = [at for at, one in enumerate(images) if one is not None]
        vectors = np.zeros((len(images), self.encoder.width), dtype=np.float32)
        vectors[there] = self.encoder.encode([image for image in images if image is not None])
        return vectors


def _encoder(weights: Path, images: list[Image.Image], *, count: int, usual: int) -> "PictureEncoder | None":
    """Return the network of some weights that there is time for."""
    from podium_ml.embeddings.pictures import read_picture_encoder

    seconds = seconds_given()
    found = read_picture_encoder(weights, images, count=count, seconds=seconds, most=usual)
    if found is None:
        emit("notice", text=_TOO_SLOW.format(count=count, seconds=seconds))
    return found


def _decoded(value: Any) -> Image.Image | None:
    """Return an image of whatever a cell holds, or ``None`` if it holds no picture that can be read."""
    if value is None or isinstance(value, float):
        return None
    try:
        return decode_any(content_of(value)).image
    except PictureError:
        return None


def _bytes(numbers: np.ndarray, missing: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(numbers, dtype=np.float32)
    return _objects([b"" if gone else row.tobytes() for row, gone in zip(rows, missing, strict=True)])


def _objects(values: Iterable[bytes]) -> np.ndarray:
    rows = list(values)
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array
