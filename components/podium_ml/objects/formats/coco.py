"""COCO: one JSON file with images, categories and annotations (https://cocodataset.org/#format-data)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podium_ml.errors import DataError
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import Finder, files_below, is_json_with, read_json


def _detect(path: Path) -> bool:
    return any(is_json_with(one, "images", "annotations") for one in files_below(path, (".json",))[:3])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    files = [one for one in files_below(path, (".json",)) if is_json_with(one, "images", "annotations")]
    for file in files:
        yield from _read_file(file, notes)


def _read_file(file: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    content, finder = read_json(file), Finder(file.parent)
    names = {one.get("id"): str(one.get("name", one.get("id"))) for one in _list(content, "categories", file)}
    by_image: dict[Any, list[Annotation]] = {}
    strangers = []
    for one in _list(content, "annotations", file):
        if one.get("category_id") not in names:
            strangers.append(str(one.get("category_id")))
            continue
        by_image.setdefault(one.get("image_id"), []).append(_annotation(one, names))
    images = _list(content, "images", file)
    known = {one.get("id") for one in images}
    notes.add(f"{file.name}: annotations of unknown category ids are left out", sorted(set(strangers)))
    orphans = [str(one) for one in by_image if one not in known]
    notes.add(f"{file.name}: annotations of images that are not listed are left out, of the ids", orphans)
    for one in images:
        name = str(one.get("file_name") or one.get("coco_url") or one.get("id"))
        size = told_size(one.get("width"), one.get("height"))
        yield AnnotatedPicture(name, finder.reader(name), by_image.get(one.get("id"), []), size)


def _annotation(one: dict[str, Any], names: dict[Any, str]) -> Annotation:
    mask, box = one.get("segmentation"), one.get("bbox")
    parts = mask if isinstance(mask, list) else []
    is_list = bool(parts) and all(isinstance(part, list) for part in parts)
    flat = bool(parts) and all(isinstance(part, int | float) for part in parts)
    polygons = tuple(tuple(map(float, part)) for part in parts) if is_list else ()
    return Annotation(
        label=names[one["category_id"]],
        box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box and len(box) == 4 else None,
        polygons=(tuple(map(float, parts)),) if flat else polygons,
        runs=mask if isinstance(mask, dict) else None,
        crowd=bool(one.get("iscrowd")),
        id=int(one["category_id"]) if str(one["category_id"]).isdigit() else -1,
    )


def _list(content: Any, key: str, file: Path) -> list[dict[str, Any]]:
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DataError(
            f"{file}: '{key}' is not a list of objects.", "See https://cocodataset.org/#format-data."
        )
    return found


SPEC = Format("coco", 20, _detect, _read)
