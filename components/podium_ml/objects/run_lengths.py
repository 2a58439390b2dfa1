"""Masks as COCO writes them: run lengths as a list or as a short text, and polygons.

The text packs differences of counts into six-bit characters (``rleToString`` in
https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

# Bits of a run length in a text.
_MOST_BITS = 60


def encode_mask(mask: np.ndarray) -> dict[str, Any]:
    """Return a mask of shape ``(h, w)`` as run lengths by column, starting with zeros.

    >>> encode_mask(np.array([[0, 1], [0, 1]]))
    {'size': [2, 2], 'counts': [2, 2]}
    """
    flat = np.asarray(mask, dtype=bool).T.ravel()
    changes = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff(np.concatenate([[0], changes, [len(flat)]])).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if len(flat) and flat[0] else counts}


def size_of_runs(runs: dict[str, Any]) -> tuple[int, int]:
    """Return height and width of the mask of run lengths.

    Raises:
        ValueError: There are none.
    """
    try:
        height, width = (int(one) for one in runs["size"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("these run lengths have no size") from None
    return height, width


def decode_mask(runs: dict[str, Any]) -> np.ndarray:
    """Return the mask of run lengths in either spelling, booleans, shape ``(h, w)``.

    It takes a byte a pixel of the size that the run lengths claim to have, so check that first.

    Raises:
        ValueError: These are no run lengths of that size.
    """
    (height, width), counts = size_of_runs(runs), runs.get("counts")
    try:
        if isinstance(counts, str | bytes):
            counts = _unpacked(counts if isinstance(counts, bytes) else counts.encode("ascii"))
        lengths = np.asarray(counts, dtype=np.int64)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError("these are no run lengths") from None
    # Each length is checked too, because a sum of large ones may begin again at 0.
    is_wrong = height <= 0 or width <= 0 or lengths.ndim != 1 or len(lengths) > height * width + 2
    if is_wrong or ((lengths < 0) | (lengths > height * width)).any() or lengths.sum() != height * width:
        raise ValueError("the run lengths do not fill the picture")
    values = np.zeros(len(lengths), dtype=bool)
    values[1::2] = True
    return np.repeat(values, lengths).reshape(width, height).T


def _unpacked(text: bytes) -> list[int]:
    counts: list[int] = []
    at = 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            part = text[at] - 48
            if shift > _MOST_BITS:
                raise OverflowError
            value |= (part & 0x1F) << shift
            more = bool(part & 0x20)
            at, shift = at + 1, shift + 5
            if not more and part & 0x10:
                value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    return counts


def fill_polygons(polygons: Iterable[Sequence[float]], width: int, height: int) -> np.ndarray:
    """Return the pixels inside of any polygon, booleans, shape ``(height, width)``."""
    image = Image.new("1", (width, height))
    draw = ImageDraw.Draw(image)
    for one in polygons:
        points = list(zip(one[::2], one[1::2], strict=False))
        if len(points) >= 3:
            draw.polygon([(x - 0.5, y - 0.5) for x, y in points], fill=1, outline=1)
    return np.asarray(image, dtype=bool)


def box_of_mask(mask: np.ndarray) -> tuple[float, float, float, float] | None:
    """Return the box around a mask, or ``None`` if it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return (
        float(columns[0]),
        float(rows[0]),
        float(columns[-1] - columns[0] + 1),
        float(rows[-1] - rows[0] + 1),
    )
