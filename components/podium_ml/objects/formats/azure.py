"""JSON lines of Azure AutoML: an address and a list of boxes or polygons in shares of the picture.

See https://learn.microsoft.com/azure/machine-learning/reference-automl-images-schema.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import Finder, files_below, read_text

_SUFFIXES = (".jsonl", ".ndjson")
_CORNERS = ("topX", "topY", "bottomX", "bottomY")


def _detect(path: Path) -> bool:
    return any("image_url" in (next(_lines(one), {})) for one in files_below(path, _SUFFIXES)[:1])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    for file in files_below(path, _SUFFIXES):
        finder = Finder(file.parent)
        for line in _lines(file):
            address = str(line.get("image_url", ""))
            found, label = finder.find(address), line.get("label")
            objects = (
                [_annotation(one) for one in label if isinstance(one, dict)]
                if isinstance(label, list)
                else None
            )
            about = line.get("image_details")
            about = about if isinstance(about, dict) else {}
            size = told_size(about.get("width"), about.get("height"))
            yield AnnotatedPicture(found.name if found else address, finder.reader(address), objects, size)


def _annotation(one: dict[str, Any]) -> Annotation:
    polygons = one.get("polygon") or []
    box = None
    if all(name in one for name in _CORNERS):
        left, top, right, bottom = (float(one[name]) for name in _CORNERS)
        box = (left, top, right - left, bottom - top)
    numbers = [abs(value) for part in polygons for value in part] + [abs(value) for value in box or ()]
    return Annotation(
        str(one.get("label", "")),
        box,
        tuple(tuple(map(float, part)) for part in polygons),
        crowd=str(one.get("isCrowd", "")).casefold() in ("1", "true"),
        ratios=max(numbers, default=0.0) <= 1.5,
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in read_text(file).split("\n"):
        try:
            found = json.loads(line) if line.strip() else {}
        except (ValueError, RecursionError):
            found = {}
        if isinstance(found, dict) and found:
            yield found


SPEC = Format("azure", 50, _detect, _read)
