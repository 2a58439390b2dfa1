"""Annotations of copies of the pictures that had another size, as tools make them of large pictures.

What annotations say of the size of a picture may also be wrong. So the boxes decide: they fit the size that is said,
and not, or hardly by chance, that of the picture.
"""

from dataclasses import replace

import numpy as np
from PIL import Image

from podium_ml.objects.annotations import Annotation
from podium_ml.objects.run_lengths import decode_mask, encode_mask
from podium_ml.objects.validation.boxes import Size

# How far proportions and borders may be off, how many objects must fit, and how many must not as they stand.
_OFF, _FIT, _MISFITS, _FEWEST = 0.02, 0.95, 0.15, 8


def are_of_other_sizes(pictures: list[tuple[Size, list[Annotation]]]) -> bool:
    """Whether objects lie in pictures of the sizes that annotations say, and not in those that are there."""
    total = fitting = misfits = smaller = 0
    for size, objects in pictures:
        for one in objects:
            if one.told is None or one.ratios or not _is_scaled(one.told, size) or (end := _end(one)) is None:
                continue
            total += 1
            fitting += _holds(one.told, end)
            misfits += not _holds((size.width, size.height), end)
            smaller += one.told[0] < size.width
    return total >= _FEWEST and fitting >= _FIT * total and (smaller == total or misfits >= _MISFITS * total)


def in_size(one: Annotation, size: Size) -> Annotation:
    """Return an object in pixels of the picture that is there."""
    if one.told is None or one.ratios or not _is_scaled(one.told, size):
        return one
    scale = (size.width / one.told[0], size.height / one.told[1])
    box, runs = one.box, one.runs
    if box is not None:
        box = (box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1])
    if runs and tuple(runs.get("size") or ()) == one.told[::-1]:
        runs = _scaled(runs, size)
    polygons = tuple(tuple(value * scale[at % 2] for at, value in enumerate(part)) for part in one.polygons)
    return replace(one, box=box, polygons=polygons, runs=runs, told=None)


def _is_scaled(told: tuple[int, int], size: Size) -> bool:
    """Whether a size has the proportions of the picture."""
    return abs(told[0] * size.height / (told[1] * size.width) - 1) <= _OFF


def _end(one: Annotation) -> tuple[float, float] | None:
    """Return how far an object reaches to the right and down."""
    if one.box is not None:
        x, y, w, h = one.box
        return (x + w, y + h) if np.isfinite(one.box).all() else None
    points = [part for part in one.polygons if len(part) > 1]
    return (
        (max(max(part[::2]) for part in points), max(max(part[1::2]) for part in points)) if points else None
    )


def _holds(size: tuple[int, int], end: tuple[float, float]) -> bool:
    return all(last <= side * (1 + _OFF) for last, side in zip(end, size, strict=True))


def _scaled(runs: dict[str, object], size: Size) -> dict[str, object]:
    try:
        mask = Image.fromarray(decode_mask(runs))
    except ValueError:  # told when the masks are read
        return runs
    return encode_mask(np.asarray(mask.resize((size.width, size.height), Image.Resampling.NEAREST)))
