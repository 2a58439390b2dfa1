"""Objects in pixels of their picture: what can be repaired, and what cannot be."""

from collections import Counter
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from podium_ml.objects.annotations import Annotation
from podium_ml.objects.encoding import mask_text
from podium_ml.objects.run_lengths import box_of_mask, decode_mask, fill_polygons, size_of_runs

# Boxes that stick out further than this share of the picture are read otherwise, or told.
_OUT = 0.02
# If so many boxes fit only as corners, all are corners.
_AS_CORNERS, _FEWEST_MISFITS = 0.95, 0.15


@dataclass
class Tally:
    """What was wrong with objects.

    Attributes:
        counts: Number of objects by what was wrong with them.
        examples: Names of pictures, by what was wrong.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, name: str) -> None:
        """Count an object of a picture."""
        self.counts[what] += 1
        self.examples.setdefault(what, []).append(name)

    def sentence(self, *whats: str) -> str:
        """Return what was found, with the pictures, as one sentence; empty if nothing."""
        parts = [
            f"{self.counts[what]} {what} ({', '.join(dict.fromkeys(self.examples[what][:5]))})"
            for what in whats
            if self.counts[what]
        ]
        return "; ".join(parts)


NO_AREA = "boxes without width or height (zero area)"
NEGATIVE = "boxes of negative width or height"
OUTSIDE = "boxes outside of their picture"
STICKING_OUT = "boxes that stick out of their picture"
FEW_POINTS = "polygons of fewer than three points"
EMPTY = "masks without a pixel"
OTHER_SIZE = "masks of another size than their picture"
NO_BOX = "objects without a box or mask"
TWICE = "objects given twice"
LEFT_OUT = (NO_AREA, NEGATIVE, OUTSIDE, NO_BOX, EMPTY, OTHER_SIZE, TWICE)


@dataclass(frozen=True)
class Size:
    """Width and height of the upright picture in pixels."""

    width: int
    height: int


def are_corners(pictures: list[tuple[Size, list[Annotation]]]) -> bool:
    """Whether boxes that say width and height really say right and bottom.

    Too many of them stick out of their pictures as they stand, and nearly all fit as corners.
    """
    wrong, fitting, total = 0, 0, 0
    for size, objects in pictures:
        for one in objects:
            if one.box is None or one.ratios or one.runs or one.polygons:
                continue
            x, y, w, h = one.box
            total += 1
            wrong += x + w > size.width * (1 + _OUT) or y + h > size.height * (1 + _OUT)
            fitting += x < w <= size.width * (1 + _OUT) and y < h <= size.height * (1 + _OUT)
    return total > 0 and wrong >= max(2, _FEWEST_MISFITS * total) and fitting >= _AS_CORNERS * total


def are_ratios(pictures: list[tuple[Size, list[Annotation]]]) -> bool:
    """Whether boxes in pixels, or polygons without boxes, are shares of the picture: all lie within 0 and 1."""
    numbers = [
        value
        for _, objects in pictures
        for one in objects
        if not one.ratios
        for part in (one.polygons if one.box is None else (one.box,))
        for value in part
        if isfinite(value)
    ]
    return len(numbers) >= 4 and max(numbers) <= 1.0 and any(value != round(value) for value in numbers)


def as_corners(one: Annotation) -> Annotation:
    """Return an object whose box said right and bottom."""
    if one.box is None:
        return one
    x, y, right, bottom = one.box
    return replace(one, box=(x, y, right - x, bottom - y))


def in_picture(one: Annotation, size: Size, name: str, tally: Tally, *, masks: bool) -> dict[str, Any] | None:
    """Return an object as training rows hold it, without its class; ``None`` if it cannot be."""
    if one.ratios:
        one = _in_pixels(one, size)
    mask = _mask(one, size, name, tally)
    box = one.box
    if box is None and mask is not None:
        box = box_of_mask(mask)
    if box is None and one.polygons:
        box = _around(one.polygons)
    box = _checked(box, size, name, tally)
    if box is None:
        return None
    x, y, w, h = box
    found: dict[str, Any] = {
        "b": [round(v, 6) for v in (x / size.width, y / size.height, w / size.width, h / size.height)]
    }
    if one.crowd:
        found["crowd"] = 1
    if masks and mask is not None:
        left, top = int(x), int(y)
        own = mask[top : max(top + 1, round(y + h)), left : max(left + 1, round(x + w))]
        found["m"] = mask_text(own) if own.size and own.any() else ""
    return found


def _in_pixels(one: Annotation, size: Size) -> Annotation:
    scale = (size.width, size.height)
    box = one.box
    if box is not None:
        box = (box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1])
    polygons = tuple(tuple(value * scale[at % 2] for at, value in enumerate(part)) for part in one.polygons)
    return replace(one, box=box, polygons=polygons, ratios=False)


def _mask(one: Annotation, size: Size, name: str, tally: Tally) -> np.ndarray | None:
    if one.runs:
        try:
            if size_of_runs(one.runs) != (size.height, size.width):
                tally.add(OTHER_SIZE, name)
                return None
            mask = decode_mask(one.runs)
        except ValueError:
            tally.add(EMPTY, name)
            return None
        if not mask.any():
            tally.add(EMPTY, name)
        return mask if mask.any() else None
    whole = [part for part in one.polygons if len(part) >= 6]
    for _ in range(len(one.polygons) - len(whole)):
        tally.add(FEW_POINTS, name)
    if not whole:
        return None
    mask = fill_polygons(whole, size.width, size.height)
    return mask if mask.any() else None


def _around(polygons: tuple[tuple[float, ...], ...]) -> tuple[float, float, float, float] | None:
    xs, ys = ([value for part in polygons for value in part[at::2]] for at in (0, 1))
    if not xs or not ys:
        return None
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _checked(
    box: tuple[float, float, float, float] | None, size: Size, name: str, tally: Tally
) -> tuple[float, float, float, float] | None:
    """Return a box within its picture, or ``None`` if it cannot be; what is cut off is counted."""
    if box is None or not np.isfinite(box).all():
        tally.add(NO_BOX, name)
        return None
    x, y, w, h = box
    if w < 0 or h < 0:
        tally.add(NEGATIVE, name)
        return None
    if w == 0 or h == 0:
        tally.add(NO_AREA, name)
        return None
    left, top = max(0.0, x), max(0.0, y)
    right, bottom = min(float(size.width), x + w), min(float(size.height), y + h)
    if right - left <= 0 or bottom - top <= 0:
        tally.add(OUTSIDE, name)
        return None
    if (
        x < -_OUT * size.width
        or y < -_OUT * size.height
        or x + w > size.width * (1 + _OUT)
        or y + h > size.height * (1 + _OUT)
    ):
        tally.add(STICKING_OUT, name)
    return left, top, right - left, bottom - top
