"""Pascal VOC: an XML file a picture (http://host.robots.ox.ac.uk/pascal/VOC/)."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from podium_ml.confinement import check_file
from podium_ml.media.places import read_file
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, told_size
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import Finder, _missing, files_below

_LARGEST = 16 << 20


def _detect(path: Path) -> bool:
    return any(_root(one) is not None for one in files_below(path, (".xml",))[:20])


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    finders: dict[Path, Finder] = {}
    damaged = []
    for file in files_below(path, (".xml",)):
        root = _root(file)
        if root is None:
            damaged.append(file.name)
            continue
        finder = finders.setdefault(file.parent, Finder(file.parent))
        name = (root.findtext("filename") or "").strip()
        found = (finder.find(name) if name else None) or finder.by_stem(file.stem)
        read = partial(read_file, found) if found else _missing
        size = told_size(root.findtext("size/width"), root.findtext("size/height"))
        yield AnnotatedPicture(found.name if found else name or file.name, read, _objects(root), size)
    notes.add("Files that are no annotations of Pascal VOC are left out", damaged)


def _root(file: Path) -> ElementTree.Element | None:
    """Return the annotation in a file; ``None`` if it holds none, or entities, which may unfold without end."""
    try:
        if file.stat().st_size > _LARGEST:
            return None
        check_file(file, str(file))
        content = file.read_bytes()
        plain = content.replace(b"\0", b"")  # two bytes a character say the same
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            return None
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities
        for one in root.iter():
            one.tag = one.tag.rpartition("}")[2].casefold()
    except (OSError, ElementTree.ParseError, ValueError, LookupError):
        return None
    return root if root.tag == "annotation" else None


def _objects(root: ElementTree.Element) -> list[Annotation]:
    found = []
    for one in root.iter("object"):
        box = one.find("bndbox")
        label = (one.findtext("name") or "").strip()
        if box is None or not label:
            continue
        try:
            left, top, right, bottom = (
                float((box.findtext(tag) or "nan").strip()) for tag in ("xmin", "ymin", "xmax", "ymax")
            )
        except ValueError:
            left = top = right = bottom = float("nan")
        found.append(Annotation(label, (left, top, right - left, bottom - top)))
    return found


SPEC = Format("voc", 30, _detect, _read)
