"""YOLO: a text file a picture with one row an object, in shares of the picture, and a YAML file of names.

Rows are ``class centre_x centre_y width height``, or ``class x y x y ...`` for polygons
(https://docs.ultralytics.com/datasets/).
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.files.plain_yaml import read_yaml
from podium_ml.media.places import read_file
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import files_below, is_plain_file, pictures_below, read_text

_YAML = (".yaml", ".yml")
_SPLITS = ("train", "val", "valid", "test")
# A first line of labels may be as long as this.
_LONGEST = 1 << 16
_NO_LABELS = frozenset({"classes", "names", "notes", "readme", "train", "val", "test", "labels", "obj"})


def _detect(path: Path) -> bool:
    return any("names" in (_settings(one) or {}) for one in _yaml_files(path)) or (
        path.is_dir() and any(_looks_like_labels(one) for one in files_below(path, (".txt",))[:20])
    )


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    file = next((one for one in _yaml_files(path) if "names" in (_settings(one) or {})), None)
    root = path if path.is_dir() else path.parent
    settings = (_settings(file) or {}) if file else {}
    names = _names(settings, root)
    pictures = list(dict.fromkeys(_pictures(settings, root)))
    labels = {picture: _label_file(picture) for picture in pictures}
    used = {one for one in labels.values() if one}
    folders = {one.parent for one in used}
    orphans = [
        one.name
        for folder in sorted(folders)
        for one in files_below(folder, (".txt",))
        if one not in used and one.stem.casefold() not in _NO_LABELS
    ]
    notes.add("Files of labels without a picture are left out", orphans)
    strangers: list[str] = []
    for picture in pictures:
        label = labels[picture]
        objects = _objects(label, names, strangers, points=bool(settings.get("kpt_shape"))) if label else []
        yield AnnotatedPicture(
            picture.relative_to(root).as_posix() if picture.is_relative_to(root) else picture.name,
            partial(read_file, picture),
            objects,
        )
    notes.add("Rows of unknown classes, or that are no numbers, are left out", strangers)


def _yaml_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() in _YAML else []
    return sorted(one for one in path.iterdir() if one.suffix.lower() in _YAML and is_plain_file(one))


def _settings(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        found = read_yaml(read_text(file))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{file} is not valid YAML: {reason}.", "Correct the file.") from None
    return found if isinstance(found, dict) else None


def _names(settings: dict[str, Any], root: Path) -> dict[int, str]:
    names = settings.get("names")
    if isinstance(names, dict):
        if not any(str(key).isdecimal() for key in names):  # numbers by name
            names = {number: name for name, number in names.items()}
        return {int(key): str(value) for key, value in names.items() if str(key).isdecimal()}
    if isinstance(names, list):
        return {at: str(value) for at, value in enumerate(names)}
    for file in files_below(root, (".txt", ".names", ".labels")):
        if file.suffix.lower() == ".txt" and file.stem.casefold() != "classes":
            continue
        lines = read_text(file).splitlines()
        return {at: line.strip() for at, line in enumerate(lines) if line.strip()}
    return {}


def _pictures(settings: dict[str, Any], root: Path) -> Iterator[Path]:
    """Yield the pictures of all splits that have labels."""
    given = [one for split in _SPLITS for one in _several(settings.get(split))]
    found = False
    for one in given:
        place = _place(one, settings, root)
        if place is None:
            continue
        if place.is_dir():
            found = True
            yield from pictures_below(place)
        elif place.suffix.lower() == ".txt":
            found = True
            lines = read_text(place).splitlines()
            yield from (path for line in lines if line.strip() and (path := _place(line, settings, root)))
    if not found:
        yield from pictures_below(root)


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _place(text: str, settings: dict[str, Any], root: Path) -> Path | None:
    """Return an existing file or folder that a path means: relative to the YAML file, its ``path``, or by its end."""
    parts = [part for part in text.strip().replace("\\", "/").split("/") if part not in ("", ".", "..")]
    base = str(settings.get("path") or "").replace("\\", "/")
    for start in range(len(parts)):
        for folder in (root / base, root, root.parent):
            found = folder.joinpath(*parts[start:])
            check_file(found, str(found))
            if found.exists():
                return found
    return None


def _label_file(picture: Path) -> Path | None:
    """Return the labels of a picture: in ``labels`` where it lies in ``images``, or beside it."""
    beside = picture.with_suffix(".txt")
    parts = list(picture.parts)
    for at in range(len(parts) - 2, -1, -1):
        if parts[at].casefold() == "images":
            other = Path(*parts[:at], "labels", *parts[at + 1 :]).with_suffix(".txt")
            if is_plain_file(other):
                return other
    return beside if is_plain_file(beside) else None


def _objects(file: Path, names: dict[int, str], strangers: list[str], *, points: bool) -> list[Annotation]:
    """Return the objects of a file; if rows end with key points, these are left aside."""
    found = []
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        try:
            kind, values = int(float(parts[0])), [float(one) for one in parts[1:]]
        except (ValueError, OverflowError):
            kind, values = -1, []
        if (names and kind not in names) or kind < 0 or len(values) < 4:
            strangers.append(f"{file.name} line {number}")
            continue
        found.append(_object(names.get(kind, str(kind)), kind, values[:4] if points else values))
    return found


def _object(label: str, kind: int, values: list[float]) -> Annotation:
    ratios = max(map(abs, values)) <= 2.0
    if len(values) in (4, 5):
        x, y, w, h = values[:4]
        return Annotation(label, (x - w / 2, y - h / 2, w, h), id=kind, ratios=ratios)
    return Annotation(label, None, (tuple(values[: len(values) // 2 * 2]),), id=kind, ratios=ratios)


def _looks_like_labels(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            line = stream.readline(_LONGEST).split()
        values = [float(one) for one in line]
    except (OSError, ValueError):
        return False
    return len(values) >= 5 and values[0].is_integer() and all(-0.1 <= one <= 1.1 for one in values[1:])


SPEC = Format("yolo", 10, _detect, _read)
