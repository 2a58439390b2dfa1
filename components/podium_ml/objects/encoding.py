"""Objects of training pictures as arrays of one shape.

A picture has ``M`` rows of ``class, left, top, width, height, crowd``, NaN for none, in shares of the picture; with
masks, they go on with the pixels of the object on a square of ``MASK`` by ``MASK`` that its box is stretched to.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

MASK, FIELDS = 24, 6


@dataclass(frozen=True)
class Known:
    """The objects of one picture.

    Attributes:
        boxes: Left, top, width and height in shares of the picture, shape ``(m, 4)``.
        classes: Codes of the classes, shape ``(m,)``.
        crowd: Which stand for many, booleans, shape ``(m,)``.
        masks: Pixels in the squares of the boxes, booleans, shape ``(m, MASK, MASK)``; ``None`` without masks.
    """

    boxes: np.ndarray
    classes: np.ndarray
    crowd: np.ndarray
    masks: np.ndarray | None

    def on(self, size: int) -> np.ndarray:
        """Return the pixels of each object on a picture of some size, booleans, shape ``(m, size, size)``."""
        found = np.zeros((len(self.boxes), size, size), dtype=bool)
        places = (np.arange(size) + 0.5) / size
        for at, (left, top, width, height) in enumerate(self.boxes):
            x, y = ((places - start) / max(length, 1e-6) for start, length in ((left, width), (top, height)))
            columns, rows = ((np.clip(one, 0, 0.999) * MASK).astype(int) for one in (x, y))
            inside = ((y >= 0) & (y < 1))[:, None] & ((x >= 0) & (x < 1))[None, :]
            mask = np.ones((MASK, MASK), dtype=bool) if self.masks is None else self.masks[at]
            found[at] = inside & mask[rows][:, columns]
        return found


def known_of(row: np.ndarray) -> Known:
    """Return the objects of one encoded picture, shape ``(M, FIELDS)`` or ``(M, FIELDS + MASK * MASK)``."""
    there = ~np.isnan(row[:, 0])
    rows = row[there]
    masks = rows[:, FIELDS:].reshape(-1, MASK, MASK) > 0.5 if row.shape[1] > FIELDS else None
    return Known(rows[:, 1:5].astype(np.float64), rows[:, 0].astype(np.int64), rows[:, 5] > 0.5, masks)


def encode(cells: list[str | None], *, most: int, masks: bool) -> np.ndarray:
    """Return the objects of pictures as one array, float32.

    Args:
        cells: What ``to_cell`` wrote.
        most: Number of rows of a picture.
        masks: Whether there are masks.
    """
    encoded = np.full((len(cells), most, FIELDS + (MASK * MASK if masks else 0)), np.nan, dtype=np.float32)
    for row, cell in enumerate(cells):
        for at, one in enumerate(json.loads(cell or "[]")[:most]):
            encoded[row, at, :FIELDS] = (one["c"], *one["b"], one.get("crowd", 0))
            if masks:
                encoded[row, at, FIELDS:] = _bits(one.get("m"))
    return encoded


def to_cell(objects: list[dict[str, Any]]) -> str:
    """Return objects as a cell of the training table: ``c`` (class), ``b`` (box), ``m`` (mask), ``crowd``."""
    return json.dumps(objects)


def mask_text(mask: np.ndarray) -> str:
    """Return the pixels of an object within its box, of any shape, as text."""
    from PIL import Image

    square = Image.fromarray(np.asarray(mask, dtype=np.uint8) * 255).resize(
        (MASK, MASK), Image.Resampling.BOX
    )
    return base64.b64encode(np.packbits(np.asarray(square) >= 128).tobytes()).decode()


def _bits(text: str | None) -> np.ndarray:
    if not text:
        return np.ones(MASK * MASK, dtype=np.float32)
    bits = np.unpackbits(np.frombuffer(base64.b64decode(text), dtype=np.uint8))[: MASK * MASK]
    return bits.astype(np.float32)
