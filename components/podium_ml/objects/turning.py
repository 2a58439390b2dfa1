"""Objects of pictures that their EXIF turns, where annotations are about the picture as the file stores it.

A tool that ignores EXIF writes the size that the file stores. So if that size is told and is not that of the upright
picture, objects are turned as the picture is. Where both sizes are equal, objects are taken as upright.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from podium_ml.media.decoding import Picture
from podium_ml.objects.annotations import Annotation
from podium_ml.objects.run_lengths import decode_mask, encode_mask, size_of_runs

Point = Callable[[float, float, float, float], tuple[float, float]]
# Where a point of a stored picture of some width and height is once it is upright, by orientation; see
# https://exiftool.org/TagNames/EXIF.html. Others do not change the size.
_POINTS: dict[int, Point] = {
    5: lambda x, y, w, h: (y, x),
    6: lambda x, y, w, h: (h - y, x),
    7: lambda x, y, w, h: (h - y, w - x),
    8: lambda x, y, w, h: (y, w - x),
}
_MASKS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    5: np.transpose,
    6: lambda mask: np.rot90(mask, -1),
    7: lambda mask: np.rot90(mask, 2).T,
    8: lambda mask: np.rot90(mask, 1),
}


def upright(objects: list[Annotation], told: tuple[int, int] | None, picture: Picture) -> list[Annotation]:
    """Return objects of the upright picture.

    Args:
        objects: The objects as annotations have them.
        told: Width and height of the picture as annotations have them; ``None`` if they do not say.
        picture: The picture.
    """
    stored = (picture.height, picture.width)
    if picture.turn not in _POINTS or stored[0] == stored[1]:
        return objects
    objects = [_with_turned_mask(one, picture) for one in objects]
    return [_turned(one, picture) for one in objects] if told == stored else objects


def _with_turned_mask(one: Annotation, picture: Picture) -> Annotation:
    """Return an object whose run lengths, which say their size, are those of the upright picture."""
    try:
        if not one.runs or size_of_runs(one.runs) != (picture.width, picture.height):
            return one
        return replace(one, runs=encode_mask(_MASKS[picture.turn](decode_mask(one.runs))))
    except ValueError:  # told when the masks are read
        return one


def _turned(one: Annotation, picture: Picture) -> Annotation:
    size = (1.0, 1.0) if one.ratios else (float(picture.height), float(picture.width))
    point = _POINTS[picture.turn]
    box = one.box
    if box is not None:
        x, y, w, h = box
        (left, top), (right, bottom) = point(x, y, *size), point(x + w, y + h, *size)
        box = (min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))
    polygons = tuple(
        tuple(value for x, y in zip(part[::2], part[1::2], strict=False) for value in point(x, y, *size))
        for part in one.polygons
    )
    return replace(one, box=box, polygons=polygons)
