"""Pictures in pages."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

# Sides of shown pictures in pixels; smaller ones are enlarged without smoothing.
_SIDE = 96
# Pixels between the pictures of a strip.
_GAP = 6


def data_uri(pixels: np.ndarray, *, side: int = _SIDE) -> str:
    """Return pixels as a data URI.

    Args:
        pixels: uint8, shape ``(h, w, 1)`` or ``(h, w, 3)``.
        side: Longest side of the result.
    """
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    scale = side / max(image.size)
    how = Image.Resampling.NEAREST if scale >= 2 else Image.Resampling.BILINEAR
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), how)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def strip_of(pictures: Sequence[np.ndarray], *, side: int) -> np.ndarray:
    """Return square pictures beside each other, uint8, shape ``(side, w, 3)``.

    Args:
        pictures: Pixels, uint8, shape ``(s, s, 1)`` or ``(s, s, 3)`` each.
        side: Side of a picture in the strip.
    """
    parts: list[np.ndarray] = []
    for one in pictures:
        image = Image.fromarray(one[:, :, 0] if one.shape[2] == 1 else one).convert("RGB")
        how = Image.Resampling.NEAREST if side >= 2 * image.width else Image.Resampling.BILINEAR
        parts += [np.asarray(image.resize((side, side), how)), np.full((side, _GAP, 3), 255, dtype=np.uint8)]
    return np.concatenate(parts[:-1], axis=1)


def shown_picture(pixels: np.ndarray, note: str, *, wrong: bool, side: int = _SIDE) -> dict[str, Any]:
    """Return a picture as charts hold it: ``src``, ``note`` and ``wrong``."""
    return {"src": data_uri(pixels, side=side), "note": note, "wrong": wrong}
