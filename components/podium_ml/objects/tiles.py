"""Finding objects in large pictures: window by window, each about as large as a training picture.

Windows overlap, so that an object that one of them cuts is whole in another one, if it is not larger than the overlap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image

from podium_ml.objects.grid import Detections, suppress

Find = Callable[[Sequence[Image.Image]], list[Detections]]
"""Returns what is found in each of some pictures, in shares of the picture."""

_OVERLAP, _LARGER = 0.3, 1.3
# How near to the edge of a window a box is cut, in shares of the window.
_EDGE = 0.01
# Share of a box that lies in another one, from which a cut box is a part of that object.
_PART = 0.6
_MOST, _MOST_WITH_MASKS, _LARGEST_CANVAS = 2_000, 300, 1_536


class Window(NamedTuple):
    """A part of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class _Part:
    """What was found in a window, in shares of the whole picture, and which boxes the window cuts."""

    window: Window
    found: Detections
    cut: np.ndarray


def windows(width: int, height: int, tile: tuple[int, int]) -> list[Window]:
    """Return overlapping windows that cover a picture; one if the picture is hardly larger than a tile.

    Args:
        width: Width of the picture in pixels.
        height: Its height.
        tile: Width and height of a window.

    >>> [one.left for one in windows(1000, 100, (400, 400))]
    [0, 200, 400, 600]
    """
    across, down = (_starts(*pair) for pair in ((width, tile[0]), (height, tile[1])))
    own_width = tile[0] if len(across) > 1 else width
    own_height = tile[1] if len(down) > 1 else height
    return [Window(left, top, own_width, own_height) for top in down for left in across]


def _starts(length: int, tile: int) -> list[int]:
    if length <= _LARGER * tile:
        return [0]
    count = 1 + int(np.ceil((length - tile) / (tile * (1 - _OVERLAP))))
    return [int(one) for one in np.linspace(0, length - tile, count).round()]


def find_in_tiles(image: Image.Image, find: Find, tile: tuple[int, int]) -> Detections:
    """Return what is found in a large picture.

    Args:
        image: The picture.
        find: Finds objects in pictures of the size of a window.
        tile: Width and height of a window in pixels.
    """
    places = windows(image.width, image.height, tile)
    parts = []
    for window in places:
        own = image.crop((window.left, window.top, window.left + window.width, window.top + window.height))
        parts.append(_placed(find([own])[0], window, image.size))
    return _joined(parts, image.size)


def _placed(found: Detections, window: Window, size: tuple[int, int]) -> _Part:
    whole = np.array([*size, *size], dtype=np.float64)
    scale = np.array([window.width, window.height] * 2) / whole
    ends = found.boxes[:, :2] + found.boxes[:, 2:]
    inner = (
        (found.boxes[:, 0] <= _EDGE) & (window.left > 0),
        (found.boxes[:, 1] <= _EDGE) & (window.top > 0),
        (ends[:, 0] >= 1 - _EDGE) & (window.left + window.width < size[0]),
        (ends[:, 1] >= 1 - _EDGE) & (window.top + window.height < size[1]),
    )
    boxes = found.boxes * scale + np.array([window.left, window.top, 0, 0]) / whole
    moved = Detections(boxes, found.classes, found.scores, found.masks)
    return _Part(window, moved, np.any(inner, axis=0))


def _joined(parts: list[_Part], size: tuple[int, int]) -> Detections:
    boxes = np.concatenate([one.found.boxes for one in parts])
    classes = np.concatenate([one.found.classes for one in parts])
    scores = np.concatenate([one.found.scores for one in parts])
    cut = np.concatenate([one.cut for one in parts])
    # Whole boxes come before those that a window cuts, so that these give way to them.
    order = np.lexsort((-scores, cut))
    order = order[suppress(boxes[order], classes[order])]
    order = order[~_parts_of_others(boxes[order], classes[order], cut[order])]
    has_masks = any(one.found.masks is not None for one in parts)
    order = order[np.argsort(-scores[order], kind="stable")][: _MOST_WITH_MASKS if has_masks else _MOST]
    masks = _masks(parts, order, size) if has_masks else None
    return Detections(boxes[order], classes[order], scores[order], masks)


def _parts_of_others(boxes: np.ndarray, classes: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """Return which boxes are cut and lie mostly in another box of their class."""
    left, top = (np.maximum(boxes[:, None, at], boxes[None, :, at]) for at in (0, 1))
    right, bottom = (
        np.minimum(boxes[:, None, at] + boxes[:, None, at + 2], boxes[None, :, at] + boxes[None, :, at + 2])
        for at in (0, 1)
    )
    both = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    area = boxes[:, 2] * boxes[:, 3]
    larger = (area[None, :] > area[:, None]) & (classes[:, None] == classes[None, :])
    return cut & ((both / np.maximum(area[:, None], 1e-12) >= _PART) & larger).any(axis=1)


def _masks(parts: list[_Part], order: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels of objects on a small picture of the whole."""
    scale = min(1.0, _LARGEST_CANVAS / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    owners = [(part, at) for part in parts for at in range(len(part.found.boxes))]
    canvas = np.zeros((len(order), height, width), dtype=bool)
    for row, one in enumerate(order):
        part, at = owners[one]
        assert part.found.masks is not None
        left, top, own_width, own_height = (round(value * scale) for value in part.window)
        own = Image.fromarray(part.found.masks[at].astype(np.uint8) * 255)
        shown = (
            np.asarray(own.resize((max(1, own_width), max(1, own_height)), Image.Resampling.BILINEAR)) >= 128
        )
        target = canvas[row, top : top + own_height, left : left + own_width]
        target[:] = shown[: target.shape[0], : target.shape[1]]
    return canvas
