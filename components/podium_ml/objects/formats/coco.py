"""COCO: one JSON file with images, categories and annotations (https://cocodataset.org/#format-data)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podium_ml.errors import DataError
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, to_json, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._corners import are_corners, with_size
from podium_ml.objects.formats._files import Finder, files_below, is_json_with, json_with, read_json
from podium_ml.objects.formats._values import box_of, flag, key, polygons_of

_KEYS = ("images", "annotations")


def _detect(path: Path) -> bool:
    return any(is_json_with(one, *_KEYS) for one in files_below(path, (".json",))[:20])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    has_objects, others = False, []
    for file in files_below(path, (".json",)):
        content = json_with(file, *_KEYS)
        if content is not None and _has_objects(content, file):
            has_objects = True
            yield from _pictures(content, file, notes)
        elif content is not None:
            others.append(file)
        del content  # before the next one is read
    if has_objects:
        notes.add(
            "Files that annotate no objects, such as captions, are left out", [one.name for one in others]
        )
    else:
        for file in others:
            yield from _pictures(read_json(file), file, notes)


def _has_objects(content: Any, file: Path) -> bool:
    """Whether annotations have classes, in contrast to captions."""
    found = _list(content, "annotations", file)
    return not found or any("category_id" in one for one in found)


def _pictures(content: Any, file: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    finder = Finder(file.parent)
    images = _list(content, "images", file)
    by_image = _by_image(content, file, notes)
    known = {key(one.get("id")) for one in images}
    orphans = [one for one in by_image if one not in known]
    notes.add(f"{file.name}: annotations of images that are not listed are left out, of the ids", orphans)
    for name, entries in _by_name(images, file, notes).items():
        objects = [one for entry in entries for one in by_image.get(key(entry.get("id")), [])]
        size = told_size(entries[0].get("width"), entries[0].get("height"))
        yield AnnotatedPicture(
            name, finder.reader(name), _once(objects) if len(entries) > 1 else objects, size
        )


def _by_image(content: Any, file: Path, notes: Notes) -> dict[str, list[Annotation]]:
    """Return the objects of each image, by its id."""
    names = {key(one.get("id")): _name(one) for one in _list(content, "categories", file)}
    annotations = _list(content, "annotations", file)
    corners = are_corners(annotations)
    found: dict[str, list[Annotation]] = {}
    strangers = set()
    for one in annotations:
        kind = key(one.get("category_id"))
        if kind not in names:
            strangers.add(kind)
            continue
        own = _annotation(one, kind, names[kind])
        found.setdefault(key(one.get("image_id")), []).append(with_size(own) if corners else own)
    notes.add(f"{file.name}: annotations of unknown category ids are left out", sorted(strangers))
    return found


def _by_name(images: list[dict[str, Any]], file: Path, notes: Notes) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of each picture, which may be listed under several ids; pictures that share an id are none."""
    named: dict[str, set[str]] = {}
    for one in images:
        named.setdefault(key(one.get("id")), set()).add(_file_name(one))
    shared = {name for names in named.values() if len(names) > 1 for name in names}
    notes.add(f"{file.name}: pictures that have the same id as another are left out", sorted(shared))
    found: dict[str, list[dict[str, Any]]] = {}
    for one in images:
        if (name := _file_name(one)) not in shared:
            found.setdefault(name, []).append(one)
    return found


def _once(objects: list[Annotation]) -> list[Annotation]:
    return list({to_json([one]): one for one in objects}.values())


def _file_name(image: dict[str, Any]) -> str:
    return str(image.get("file_name") or image.get("coco_url") or image.get("id"))


def _name(category: dict[str, Any]) -> str:
    name = category.get("name")
    return str(category.get("id") if name is None or not str(name).strip() else name)


def _annotation(one: dict[str, Any], kind: str, label: str) -> Annotation:
    mask = one.get("segmentation")
    return Annotation(
        label=label,
        box=box_of(one.get("bbox")),
        polygons=polygons_of(mask),
        runs=mask if isinstance(mask, dict) else None,
        crowd=flag(one.get("iscrowd")),
        id=int(kind) if kind.isdigit() else -1,
    )


def _list(content: Any, name: str, file: Path) -> list[dict[str, Any]]:
    found = content.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DataError(
            f"{file}: '{name}' is not a list of objects.", "See https://cocodataset.org/#format-data."
        )
    return found


SPEC = Format("coco", 20, _detect, _read)
