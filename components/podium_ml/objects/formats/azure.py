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
from podium_ml.objects.formats._values import flag, number, polygons_of

_SUFFIXES = (".jsonl", ".ndjson")
_CORNERS = ("topX", "topY", "bottomX", "bottomY")


def _detect(path: Path) -> bool:
    return any("image_url" in next(_lines(one, []), {}) for one in files_below(path, _SUFFIXES)[:1])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    for file in files_below(path, _SUFFIXES):
        finder, damaged = Finder(file.parent), list[str]()
        for line in _lines(file, damaged):
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
        notes.add("Lines that are no JSON objects are left out", damaged)


def _annotation(one: dict[str, Any]) -> Annotation:
    polygons, box = polygons_of(one.get("polygon")), None
    if any(name in one for name in _CORNERS):
        left, top, right, bottom = (number(one.get(name)) for name in _CORNERS)
        box = (left, top, right - left, bottom - top)
    numbers = [abs(value) for part in (*polygons, box or ()) for value in part]
    return Annotation(
        str(one.get("label", "")),
        box,
        polygons,
        crowd=flag(one.get("isCrowd")),
        ratios=max(numbers, default=0.0) <= 1.5,
    )


def _lines(file: Path, damaged: list[str]) -> Iterator[dict[str, Any]]:
    for at, line in enumerate(read_text(file).split("\n"), start=1):
        try:
            found = json.loads(line) if line.strip() else {}
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            damaged.append(f"{file.name} line {at}")
        elif found:
            yield found


SPEC = Format("azure", 50, _detect, _read)
