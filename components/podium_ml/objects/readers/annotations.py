"""Pictures with objects, in any format of ``podium_ml.objects.formats``: a row a picture."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from podium_ml.confinement import check_file, own_folder
from podium_ml.errors import DataError
from podium_ml.files.inside import inside
from podium_ml.ingestion.disk import writing
from podium_ml.media.archives import Archive, is_archive, open_archive
from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode
from podium_ml.media.errors import PictureError
from podium_ml.media.names import is_hidden
from podium_ml.media.packing import pack
from podium_ml.objects.annotations import AnnotatedPicture, Annotation, Notes, to_json
from podium_ml.objects.formats import FORMATS, Format, format_of
from podium_ml.objects.turning import upright
from podium_ml.readers import Allowance, Confidence, Reader, Reading, SourceFile, told_of_pictures
from podium_ml.settings import ReaderOptions

PICTURE, OBJECTS, FILE = "picture", "objects", "file"
# Longest side of the pictures that are kept.
_SIDE, _ROWS = 512, 128
# Folders that wrap each other.
_DEEPEST = 32
_NOT_AS_WRITTEN = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, OSError),
)
_SCHEMA = pa.schema([(PICTURE, pa.binary()), (OBJECTS, pa.string()), (FILE, pa.string())])


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a file, folder or archive of pictures with objects."""
    notes, warnings = Notes(), list[str]()
    side = options.picture_size or _SIDE
    batches = _stream(file, notes, warnings, side=side)
    return Reading(batches, {"picture_size": str(side)}, warnings)


def _stream(file: SourceFile, notes: Notes, warnings: list[str], *, side: int) -> Iterator[pa.RecordBatch]:
    yield pa.RecordBatch.from_pylist([], schema=_SCHEMA)
    unreadable: list[str] = []
    count = 0
    with _unpacked(file) as path:
        part: list[AnnotatedPicture] = []
        for one in _annotated(path, notes, label=file.label):
            part.append(one)
            count += 1
            if len(part) == _ROWS:
                yield _batch(part, unreadable, side)
                part = []
        yield _batch(part, unreadable, side)
    if not count:
        raise DataError(f"{file.label} holds no pictures.", "Check the folder.")
    warnings += [*notes.texts, *told_of_pictures(unreadable, count)]


@contextmanager
def _unpacked(file: SourceFile) -> Iterator[Path]:
    """Yield the path itself, or a folder with what an archive holds; folders that wrap all are seen through."""
    if file.path.is_dir() or not is_archive(file.path):
        yield _inmost(file.path)
        return
    with (
        tempfile.TemporaryDirectory(prefix="podium-") as folder,
        own_folder(Path(folder)),
        open_archive(file.path, file.label) as archive,
    ):
        root = Path(folder)
        _unpack(archive, root, file.label)
        yield _inmost(root)


def _inmost(path: Path) -> Path:
    """Return the folder in a folder that holds nothing else, as deep as there are such."""
    for _ in range(_DEEPEST):
        if not path.is_dir():
            break
        check_file(path, str(path))
        below = [one for one in path.iterdir() if not is_hidden(one.name)]
        if len(below) != 1 or not below[0].is_dir():
            break
        (path,) = below
    return path


def _unpack(archive: Archive, root: Path, label: str) -> None:
    allowance = Allowance(label, folder=root)
    for name in archive.names:
        if is_hidden(name):
            continue
        target, content = inside(root, name), archive.read(name)
        allowance.take(len(content))
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _annotated(path: Path, notes: Notes, *, label: str) -> Iterator[AnnotatedPicture]:
    """Yield the pictures.

    Raises:
        DataError: It is in no format, or its annotations hold other values than their format has.
    """
    name = "annotations"
    try:
        own = _format(path, label)
        name = own.name
        yield from own.read(path, notes)
    except _NOT_AS_WRITTEN as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise DataError(
            f"{label} cannot be read as {name}: {reason}.", "Check that its values are those of the format."
        ) from error


def _format(path: Path, label: str) -> Format:
    found = format_of(path)
    if found is None:
        raise DataError(
            f"{label} holds no pictures with objects.",
            f"Use a file or folder of one of the formats {', '.join(FORMATS)}.",
        )
    return found


def _batch(part: list[AnnotatedPicture], unreadable: list[str], side: int) -> pa.RecordBatch:
    def packed(one: AnnotatedPicture) -> tuple[bytes, list[Annotation] | None] | str:
        try:
            picture = decode(one.read(), most=side)
            objects = None if one.objects is None else upright(one.objects, one.size, picture)
            if objects and one.size not in (None, picture.size, picture.size[::-1]):
                objects = [replace(each, told=one.size) for each in objects]
            return pack(picture, side), objects
        except PictureError as error:
            return str(error)

    rows = []
    for one, content in zip(part, at_once(packed, part), strict=True):
        if isinstance(content, str):
            unreadable.append(f"{one.name} {content}")
            continue
        packed_picture, objects = content
        cell = None if objects is None else to_json(objects)
        rows.append({PICTURE: packed_picture, OBJECTS: cell, FILE: one.name})
    return pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)


SPEC = Reader(
    name="annotations",
    description="Pictures with objects: COCO, YOLO, Pascal VOC, LabelMe, Azure's JSON lines, instance masks.",
    read=read,
    suffixes=(
        ".json",
        ".jsonl",
        ".ndjson",
        ".xml",
        ".yaml",
        ".yml",
        ".txt",
        ".names",
        ".zip",
        ".tar",
        ".tgz",
    ),
    sniff=lambda head: Confidence.NO,
    takes="pictures",
    kind="objects",
)
