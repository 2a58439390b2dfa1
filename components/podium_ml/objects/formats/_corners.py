"""Boxes of COCO that say right and bottom in place of width and height, found by their areas and polygons."""

from dataclasses import replace
from typing import Any

from podium_ml.objects.annotations import Annotation
from podium_ml.objects.formats._values import box_of, number, polygons_of

# How far an area or a side may be off, how many boxes must say so, and how many are looked at.
_NEAR, _MOST, _FEWEST, _LOOKED_AT = 0.03, 0.9, 4, 5_000


def are_corners(annotations: list[dict[str, Any]]) -> bool:
    """Whether boxes are corners: nearly all that an area or polygon checks fit as corners, and not as they stand."""
    as_sizes = as_corners = checked = 0
    for one in annotations[:: max(1, len(annotations) // _LOOKED_AT)]:
        box = box_of(one.get("bbox"))
        known = _known_size(one)
        if box is None or known is None or not box[2] > box[0] >= 0 or not box[3] > box[1] >= 0:
            as_sizes += box is not None and known is not None
            continue
        checked += 1
        x, y, w, h = box
        as_sizes += _fits((w, h), known)
        as_corners += _fits((w - x, h - y), known) and not _fits((w, h), known)
    return checked >= _FEWEST and as_corners >= _MOST * (checked + as_sizes)


def with_size(one: Annotation) -> Annotation:
    """Return an annotation whose box said right and bottom."""
    if one.box is None:
        return one
    x, y, right, bottom = one.box
    return replace(one, box=(x, y, right - x, bottom - y), corners=True)


def _known_size(one: dict[str, Any]) -> tuple[float, float] | float | None:
    """Return the size of the box around the polygons, or else the area of a box without a mask, if it says one."""
    if points := [value for part in polygons_of(one.get("segmentation")) for value in part]:
        xs, ys = points[::2], points[1::2]
        return (max(xs) - min(xs), max(ys) - min(ys)) if len(xs) > 2 and len(ys) > 2 else None
    area = number(one.get("area"))
    return area if not one.get("segmentation") and area > 0 else None


def _fits(size: tuple[float, float], known: tuple[float, float] | float) -> bool:
    if isinstance(known, tuple):
        return all(abs(a - b) <= max(2.0, _NEAR * b) for a, b in zip(size, known, strict=True))
    return abs(size[0] * size[1] - known) <= _NEAR * known
