"""LabelMe: a JSON file a picture, with shapes of points (https://github.com/wkentaro/labelme)."""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import partial
from math import cos, dist, pi, sin
from pathlib import Path, PurePosixPath
from typing import Any

from podium_ml.errors import DataError
from podium_ml.media.errors import PictureError
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import Finder, files_below, is_json_with, read_json

_CORNERS = 24


def _detect(path: Path) -> bool:
    return any(is_json_with(one, "shapes") for one in files_below(path, (".json",))[:3])


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
        objects = []
        for shape in content["shapes"] or []:
            one = _annotation(shape)
            if one is None:
                lines.append(f"{file.name} ({shape.get('label')})")
            else:
                objects.append(one)
        shown = PurePosixPath(name).name or f"{file.stem}.png"
        size = told_size(content.get("imageWidth"), content.get("imageHeight"))
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
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        raise PictureError("has damaged imageData") from None


def _annotation(shape: dict[str, Any]) -> Annotation | None:
    points, label = shape.get("points") or [], str(shape.get("label", "")).strip()
    kind = shape.get("shape_type") or "polygon"
    try:
        corners = [(float(x), float(y)) for x, y in points]
    except (TypeError, ValueError):
        corners = []
    if kind == "rectangle" and len(corners) == 2:
        (a, b), (c, d) = corners
        corners = [(a, b), (c, b), (c, d), (a, d)]
    elif kind == "circle" and len(corners) == 2:
        (x, y), radius = corners[0], dist(*corners)
        turns = [2 * pi * at / _CORNERS for at in range(_CORNERS)]
        corners = [(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns]
    elif kind not in ("polygon", "mask"):
        return None
    return Annotation(label, None, (tuple(value for corner in corners for value in corner),))


SPEC = Format("labelme", 40, _detect, _read)
