"""LabelMe: a JSON file a picture, with shapes of points (https://github.com/wkentaro/labelme)."""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import cos, dist, pi, sin
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from podium_ml.errors import DataError
from podium_ml.media.decoding import decode_values
from podium_ml.media.errors import PictureError
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import Finder, files_below, is_json_with, read_json
from podium_ml.objects.formats._values import key, polygon_of
from podium_ml.objects.run_lengths import encode_mask

_CORNERS = 24
# Longest side of a picture whose masks are drawn.
_LARGEST = 20_000


def _detect(path: Path) -> bool:
    return any(is_json_with(one, "shapes") for one in files_below(path, (".json",))[:20])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    finders: dict[Path, Finder] = {}
    damaged, lines = [], []
    for file in files_below(path, (".json",)):
        try:
            content = read_json(file)
        except DataError:
            damaged.append(file.name)
            continue
        if not isinstance(content, dict) or "shapes" not in content:
            damaged.append(file.name)
            continue
        finder = finders.setdefault(file.parent, Finder(file.parent))
        name = str(content.get("imagePath") or "").replace("\\", "/")
        size = told_size(content.get("imageWidth"), content.get("imageHeight"))
        shapes = content["shapes"] if isinstance(content["shapes"], list) else []
        objects, without = _objects(shapes, size)
        lines += [f"{file.name} ({label})" for label in without]
        shown = PurePosixPath(name).name or f"{file.stem}.png"
        yield AnnotatedPicture(shown, _reader(content, finder, name, file.stem), objects, size)
    notes.add("Files that are no annotations of LabelMe are left out", damaged)
    notes.add("Points and lines have no area and are left out", lines)


def _reader(content: dict[str, Any], finder: Finder, name: str, stem: str) -> Callable[[], bytes]:
    found = (finder.find(name) if name else None) or finder.by_stem(stem)
    if found is None and content.get("imageData"):
        return partial(_inline, str(content["imageData"]))
    return finder.reader(str(found or name))


def _inline(data: str) -> bytes:
    try:
        return base64.b64decode(data.partition(",")[2] or data)  # some tools write a data URI
    except (binascii.Error, ValueError):
        raise PictureError("has damaged imageData") from None


def _objects(shapes: list[Any], size: tuple[int, int] | None) -> tuple[list[Annotation], list[str]]:
    """Return the objects, of which shapes of one group are parts, and the labels of shapes without area."""
    found: dict[object, Annotation] = {}
    without = []
    for at, shape in enumerate(shapes):
        one = _annotation(shape, size) if isinstance(shape, dict) else None
        if one is None:
            without.append(str(shape.get("label")) if isinstance(shape, dict) else "no shape")
            continue
        group = shape.get("group_id")
        own = (one.label, key(group)) if group is not None and one.polygons else at
        known = found.get(own)
        found[own] = one if known is None else replace(known, polygons=(*known.polygons, *one.polygons))
    return list(found.values()), without


def _annotation(shape: dict[str, Any], size: tuple[int, int] | None) -> Annotation | None:
    label = str(shape.get("label", "")).strip()
    kind = shape.get("shape_type") or "polygon"
    points = polygon_of(shape.get("points"))
    corners = list(zip(points[::2], points[1::2], strict=False))
    if kind == "mask":
        return _of_mask(shape.get("mask"), label, corners, size)
    if kind == "rectangle" and len(corners) == 2:
        (a, b), (c, d) = corners
        corners = [(a, b), (c, b), (c, d), (a, d)]
    elif kind == "circle" and len(corners) == 2:
        (x, y), radius = corners[0], dist(*corners)
        turns = [2 * pi * at / _CORNERS for at in range(_CORNERS)]
        corners = [(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns]
    elif kind not in ("polygon", "rectangle"):
        return None
    return Annotation(label, None, (tuple(value for corner in corners for value in corner),))


def _of_mask(
    data: Any, label: str, corners: list[tuple[float, float]], size: tuple[int, int] | None
) -> Annotation | None:
    """Return an object whose pixels are a small picture at the first of two corners; without it, its box."""
    if len(corners) != 2:
        return None
    (left, top), (right, bottom) = ((round(x), round(y)) for x, y in corners)
    box = (float(left), float(top), right - left + 1.0, bottom - top + 1.0)
    try:
        own = decode_values(_inline(str(data)))
    except PictureError:
        return Annotation(label, box)
    if size is None or own.ndim != 2 or min(left, top) < 0 or max(size) > _LARGEST:
        return Annotation(label, box)
    whole = np.zeros(size[::-1], dtype=bool)
    part = whole[top : top + own.shape[0], left : left + own.shape[1]]
    part[:] = own[: part.shape[0], : part.shape[1]] != 0
    return Annotation(label, box, runs=encode_mask(whole))


SPEC = Format("labelme", 40, _detect, _read)
