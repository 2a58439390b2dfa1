"""Objects of training pictures as arrays of one shape.

A picture has ``M`` rows of ``class, left, top, width, height, crowd, pixels``. Boxes are in shares of the picture,
whose number of pixels stands in all its rows; the rest is NaN in rows without an object. With masks, rows go on with
the pixels of the object on a square of ``MASK`` by ``MASK`` that its box is stretched to.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

MASK, FIELDS = 24, 7
_PIXELS = 6


@dataclass(frozen=True)
class Known:
    """The objects of one picture.

    Attributes:
        boxes: Left, top, width and height in shares of the picture, shape ``(m, 4)``.
        classes: Codes of the classes, shape ``(m,)``.
        crowd: Which stand for many, booleans, shape ``(m,)``.
        masks: Pixels in the squares of the boxes, booleans, shape ``(m, MASK, MASK)``; ``None`` without masks.
        pixels: Number of pixels of the user's picture; NaN if unknown.
    """

    boxes: np.ndarray
    classes: np.ndarray
    crowd: np.ndarray
    masks: np.ndarray | None
    pixels: float = np.nan

    @property
    def areas(self) -> np.ndarray:
        """Pixels of each object in the user's picture: those of its mask, else of its box; shape ``(m,)``."""
        areas = self.boxes[:, 2] * self.boxes[:, 3] * self.pixels
        return areas if self.masks is None else areas * self.masks.mean(axis=(1, 2))

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
    boxes, pixels = rows[:, 1:5].astype(np.float64), float(row[0, _PIXELS]) if len(row) else np.nan
    return Known(boxes, rows[:, 0].astype(np.int64), rows[:, 5] > 0.5, masks, pixels)


def encode(cells: list[str | None], *, most: int, masks: bool) -> np.ndarray:
    """Return the objects of pictures as one array, float32.

    Args:
        cells: What ``to_cell`` wrote.
        most: Number of rows of a picture.
        masks: Whether there are masks.
    """
    encoded = np.full((len(cells), most, FIELDS + (MASK * MASK if masks else 0)), np.nan, dtype=np.float32)
    for row, cell in enumerate(cells):
        picture = json.loads(cell or "{}")
        encoded[row, :, _PIXELS] = picture.get("pixels") or np.nan
        for at, one in enumerate(picture.get("objects", ())[:most]):
            encoded[row, at, :_PIXELS] = (one["c"], *one["b"], one.get("crowd", 0))
            if masks:
                encoded[row, at, FIELDS:] = _bits(one.get("m"))
    return encoded


def to_cell(objects: list[dict[str, Any]], *, pixels: int = 0) -> str:
    """Return what a picture holds as a cell of the training table.

    Args:
        objects: The objects: ``c`` (class), ``b`` (box), ``m`` (mask), ``crowd``.
        pixels: Number of pixels of the picture; 0 if unknown.
    """
    return json.dumps({"pixels": pixels, "objects": objects})


def objects_of(cell: str) -> list[dict[str, Any]]:
    """Return the objects of a cell that ``to_cell`` wrote."""
    objects: list[dict[str, Any]] = json.loads(cell)["objects"]
    return objects


def mask_text(mask: np.ndarray) -> str:
    """Return the pixels of an object within its box, of any shape, as text."""
    return base64.b64encode(np.packbits(square_of(mask)).tobytes()).decode()


def square_of(mask: np.ndarray) -> np.ndarray:
    """Return the pixels of an object within its box, of any shape, as booleans of shape ``(MASK, MASK)``."""
    from PIL import Image

    square = Image.fromarray(np.asarray(mask, dtype=np.uint8) * 255).resize(
        (MASK, MASK), Image.Resampling.BOX
    )
    return np.asarray(square) >= 128


def _bits(text: str | None) -> np.ndarray:
    if not text:
        return np.ones(MASK * MASK, dtype=np.float32)
    bits = np.unpackbits(np.frombuffer(base64.b64decode(text), dtype=np.uint8))[: MASK * MASK]
    return bits.astype(np.float32)
