"""Objects on a grid: what models predict, how it is decoded, and how it is made of objects.

A raw prediction has the shape ``(G, G, C + 4)``, or ``(G, G, C + 4 + 12)`` with masks. The grid covers the whole
picture, whatever its proportions. Of each cell it holds: how likely the centre of an object of each of ``C`` classes
is there; how far the edges of that object's box are to the left, above, to the right and below, in shares of the
picture; how likely each quarter of the cell belongs to any object (two by two, row by row); and how far the centre of
the box of that object is to the right of each quarter, and below it, in shares of the picture. (Centres: Zhou et al.,
Objects as Points, 2019; edges: Tian et al., FCOS, ICCV 2019; pixels that point to centres: Cheng et al.,
Panoptic-DeepLab, CVPR 2020.)
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter

EDGES, QUARTERS = 4, 4
# Channels of masks: pixels, and where they point to.
PIXELS = QUARTERS + 2 * QUARTERS
# Detections of a picture, those with the highest scores, and the lowest score of one.
MOST, LOWEST = 100, 0.02
# Score from which objects are shown where no threshold was chosen.
SHOWN_FROM = 0.3
# Boxes of one class that overlap more than this are one object.
_SAME = 0.5


def shown_from(threshold: object) -> float:
    """Return the score from which objects are shown: the threshold, if one was chosen.

    >>> shown_from(0.4), shown_from(None)
    (0.4, 0.3)
    """
    return threshold if isinstance(threshold, float) else SHOWN_FROM


@dataclass(frozen=True)
class Detections:
    """What was found in one picture, the highest score first.

    Attributes:
        boxes: Left, top, width and height in shares of the picture, shape ``(k, 4)``.
        classes: Codes of the classes, shape ``(k,)``.
        scores: Scores from 0 to 1, shape ``(k,)``.
        masks: Pixels of each object in a picture of ``2 G`` by ``2 G``, shape ``(k, 2 G, 2 G)``, or ``None``.
    """

    boxes: np.ndarray
    classes: np.ndarray
    scores: np.ndarray
    masks: np.ndarray | None = None

    def areas(self, pixels: float) -> np.ndarray:
        """Return the pixels of each object, of its mask or else of its box, in a picture of so many; shape ``(k,)``."""
        if self.masks is None:
            return self.boxes[:, 2] * self.boxes[:, 3] * pixels
        return self.masks.mean(axis=(1, 2)) * pixels

    def none(self) -> "Detections":
        """Return nothing, in the same shape."""
        masks = None if self.masks is None else self.masks[:0]
        return Detections(self.boxes[:0], self.classes[:0], self.scores[:0], masks)


def channels(n_classes: int, *, masks: bool) -> int:
    """Return the number of channels of a raw prediction."""
    return n_classes + EDGES + (PIXELS if masks else 0)


def decode(raw: np.ndarray, *, n_classes: int, lowest: float = LOWEST) -> Detections:
    """Return the objects that the raw prediction of one picture means.

    Args:
        raw: The prediction, shape ``(G, G, channels)``.
        n_classes: Number of classes.
        lowest: Lowest score.
    """
    heat = raw[:, :, :n_classes]
    peaks = (heat == maximum_filter(heat, size=(3, 3, 1))) & (heat >= lowest)
    rows, columns, classes = np.nonzero(peaks)
    order = np.argsort(-heat[rows, columns, classes], kind="stable")[:MOST]
    rows, columns, classes = rows[order], columns[order], classes[order]
    boxes = _boxes(raw[rows, columns, n_classes : n_classes + EDGES], rows, columns, len(raw))
    kept = suppress(boxes, classes)
    found = Detections(boxes[kept], classes[kept], heat[rows, columns, classes][kept])
    if raw.shape[2] <= n_classes + EDGES:
        return found
    masks = instance_masks(found.boxes, foreground(raw, n_classes), pointers(raw, n_classes))
    return Detections(found.boxes, found.classes, found.scores, masks)


def _boxes(edges: np.ndarray, rows: np.ndarray, columns: np.ndarray, grid: int) -> np.ndarray:
    x, y = (columns + 0.5) / grid, (rows + 0.5) / grid
    left, top = np.clip(x - edges[:, 0], 0, 1), np.clip(y - edges[:, 1], 0, 1)
    right, bottom = np.clip(x + edges[:, 2], 0, 1), np.clip(y + edges[:, 3], 0, 1)
    return np.stack([left, top, np.maximum(right - left, 1e-4), np.maximum(bottom - top, 1e-4)], axis=1)


def suppress(boxes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the positions of boxes, in order, that overlap no earlier box of their class by more than half."""
    same = (overlaps(boxes, boxes) > _SAME) & (classes[:, None] == classes[None, :])
    kept = np.zeros(len(boxes), dtype=bool)
    for at, others in enumerate(same):
        kept[at] = not (others & kept).any()
    return np.flatnonzero(kept)


def overlaps(one: np.ndarray, other: np.ndarray, *, crowd: np.ndarray | None = None) -> np.ndarray:
    """Return the intersection over union of boxes, shape ``(k, m)``.

    Args:
        one: Boxes, shape ``(k, 4)``.
        other: Boxes, shape ``(m, 4)``.
        crowd: Which of the others are crowds; for these, what counts is the share of the first box, shape ``(m,)``.
    """
    left, top = (np.maximum(one[:, None, at], other[None, :, at]) for at in (0, 1))
    right, bottom = (
        np.minimum(one[:, None, at] + one[:, None, at + 2], other[None, :, at] + other[None, :, at + 2])
        for at in (0, 1)
    )
    both = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    first, second = one[:, 2] * one[:, 3], other[:, 2] * other[:, 3]
    either = first[:, None] + second[None, :] - both
    if crowd is not None:
        either = np.where(crowd[None, :], first[:, None], either)
    return both / np.maximum(either, 1e-12)


def foreground(raw: np.ndarray, n_classes: int) -> np.ndarray:
    """Return how likely each pixel of a picture of ``2 G`` by ``2 G`` belongs to an object."""
    return _whole(raw[:, :, n_classes + EDGES : n_classes + EDGES + QUARTERS])


def pointers(raw: np.ndarray, n_classes: int) -> np.ndarray:
    """Return how far the centre of its object is from each pixel, to the right and below, ``(2, 2 G, 2 G)``."""
    start = n_classes + EDGES + QUARTERS
    return np.stack([_whole(raw[:, :, at : at + QUARTERS]) for at in (start, start + QUARTERS)])


def in_quarters(pixels: np.ndarray) -> np.ndarray:
    """Return pixels, shape ``(2 G, 2 G)``, as quarters of cells, shape ``(G, G, 4)``."""
    grid = len(pixels) // 2
    return pixels.reshape(grid, 2, grid, 2).transpose(0, 2, 1, 3).reshape(grid, grid, QUARTERS)


def _whole(quarters: np.ndarray) -> np.ndarray:
    grid = len(quarters)
    return quarters.reshape(grid, grid, 2, 2).transpose(0, 2, 1, 3).reshape(2 * grid, 2 * grid)


def instance_masks(boxes: np.ndarray, likely: np.ndarray, pointers: np.ndarray) -> np.ndarray:
    """Return the pixels of each object: those of any object in its box that point to no other centre.

    A pixel in several boxes belongs to the one whose centre is nearest to where it points, in shares of the box.

    Args:
        boxes: Boxes in shares of the picture, shape ``(k, 4)``.
        likely: How likely each pixel belongs to an object, shape ``(s, s)``.
        pointers: How far the centre of its object is from each pixel, to the right and below, shape ``(2, s, s)``.
    """
    size = len(likely)
    if not len(boxes):
        return np.zeros((0, size, size), dtype=bool)
    places = (np.arange(size) + 0.5) / size
    x, y = places[None, None, :], places[None, :, None]
    left, top, width, height = (boxes[:, at, None, None] for at in range(4))
    slack = 0.5 / size
    inside = (
        (x >= left - slack) & (x <= left + width + slack) & (y >= top - slack) & (y <= top + height + slack)
    )
    to_x, to_y = x + pointers[0] - left - width / 2, y + pointers[1] - top - height / 2
    away = (to_x / width) ** 2 + (to_y / height) ** 2
    away = np.where(inside, away, np.inf)
    own = away.argmin(axis=0)[None] == np.arange(len(boxes))[:, None, None]
    # Of overlapping boxes, each keeps its own pixels, unless it would be left with none.
    masks = inside & (likely >= 0.5)[None] & own
    empty = ~masks.any(axis=(1, 2))
    masks[empty] = inside[empty]
    return masks
