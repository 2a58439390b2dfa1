"""Pictures in pages."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

# Sides of shown pictures in pixels; smaller ones are enlarged without smoothing.
_SIDE = 96


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


def shown_picture(pixels: np.ndarray, note: str, *, wrong: bool, side: int = _SIDE) -> dict[str, Any]:
    """Return a picture as charts hold it: ``src``, ``note`` and ``wrong``."""
    return {"src": data_uri(pixels, side=side), "note": note, "wrong": wrong}
