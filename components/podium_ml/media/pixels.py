"""Square pictures of one small size as bytes: what models learn pictures from."""

from collections.abc import Sequence
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

GREY, COLOUR = 1, 3


def to_pixels(image: "Image.Image", side: int, channels: int) -> bytes:
    """Return the pixels of an image that was scaled to a square, 8 bits each, row by row.

    Args:
        image: The image, RGB.
        side: Side of the square in pixels.
        channels: ``GREY`` or ``COLOUR``.
    """
    from PIL import Image

    if channels == GREY:
        image = image.convert("L")
    if image.size != (side, side):
        image = image.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return image.tobytes()


def read_pixels(rows: Sequence[bytes] | np.ndarray) -> np.ndarray:
    """Return the pixels of rows, uint8, shape ``(n, side, side, channels)``; rows without a picture are white.

    A number of bytes cannot be a square and three times a square, so it tells whether there are colours.
    """
    size = max(map(len, rows), default=0)
    if not size:
        return np.full((len(rows), 1, 1, GREY), 255, dtype=np.uint8)
    side = isqrt(size)
    shape = (side, side, GREY) if side * side == size else (isqrt(size // COLOUR),) * 2 + (COLOUR,)
    blank = b"\xff" * size
    joined = b"".join(row if len(row) == size else blank for row in rows)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(rows), *shape)


def is_grey(image: "Image.Image") -> bool:
    """Whether an image has no colours, apart from what compression makes of grey ones."""
    values = np.asarray(image.resize((min(64, image.width), min(64, image.height))), dtype=np.int16)
    return int(np.ptp(values, axis=2).max()) <= 4
