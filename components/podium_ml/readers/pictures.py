"""Pictures in folders and archives: a row a picture, with the class that its folder names."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import PurePosixPath

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.media.archives import is_archive
from podium_ml.media.at_once import at_once
from podium_ml.media.decoding import decode
from podium_ml.media.errors import PictureError
from podium_ml.media.names import FILE, LABEL, PICTURE, SUFFIXES, classes_of, composed
from podium_ml.media.packing import pack, packed_side
from podium_ml.media.places import Place, open_place, place_of_folder
from podium_ml.readers._picture_notes import told_of_pictures
from podium_ml.readers._reader import Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_SHOWN, _ROWS = 20, 256
_SCHEMA = pa.schema([(PICTURE, pa.binary()), (LABEL, pa.string()), (FILE, pa.string())])


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a folder, an archive, or a single picture; each picture is decoded and packed once."""
    if file.path.is_dir() or is_archive(file.path):
        return _read_place(file, options)
    warnings: list[str] = []
    name = file.path.name
    place = place_of_folder(file.path.parent, (name,))
    shown = [PurePosixPath(file.label).name]
    side = options.picture_size or packed_side(1)
    return Reading(_batches(place, [name], [None], shown, warnings, side=side), {}, warnings)


def _read_place(file: SourceFile, options: ReaderOptions) -> Reading:
    warnings: list[str] = []
    with _opened(file) as place:
        names = list(file.members) or place.pictures
        if not names:
            raise DataError(
                f"{file.label} holds no pictures.", f"Pictures end in {', '.join(SUFFIXES[:6])}, ..."
            )
        classes, empty = classes_of(names, place.folders)
    if empty:
        shown = ", ".join(f"'{name}'" for name in empty[:_SHOWN])
        warnings.append(f"{file.label}: no picture is in the folder {shown}, so there is no such class.")
    side = options.picture_size or packed_side(len(names))
    rows = _reopened(file, names, classes, warnings, side)
    return Reading(rows, {"picture_size": str(side)}, warnings)


def _opened(file: SourceFile) -> AbstractContextManager[Place]:
    if file.members:
        return nullcontext(place_of_folder(file.path, file.members))
    return open_place(file.path, file.label)


def _reopened(
    file: SourceFile, names: list[str], classes: list[str | None], warnings: list[str], side: int
) -> Iterator[pa.RecordBatch]:
    with _opened(file) as place:
        yield from _batches(place, names, classes, [composed(name) for name in names], warnings, side=side)


def _batches(
    place: Place,
    names: list[str],
    classes: list[str | None],
    shown: list[str],
    warnings: list[str],
    *,
    side: int,
) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches; unreadable files are named in the warnings and have no row.

    Raises:
        DataError: Most files cannot be read.
    """
    yield pa.RecordBatch.from_pylist([], schema=_SCHEMA)
    unreadable: list[str] = []
    for start in range(0, len(names), _ROWS):
        part = slice(start, start + _ROWS)
        packed = at_once(partial(_packed, place, side=side), names[part])
        rows = []
        for one, label, name in zip(packed, classes[part], shown[part], strict=True):
            if isinstance(one, str):
                unreadable.append(f"{name} {one}")
            else:
                rows.append({PICTURE: one, LABEL: label, FILE: name})
        yield pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)
    warnings += told_of_pictures(unreadable, len(names))


def _packed(place: Place, name: str, *, side: int) -> bytes | str:
    """Return a packed picture, or why there is none."""
    try:
        return pack(decode(place.read(name), most=side), side)
    except PictureError as error:
        return str(error)


SPEC = Reader(
    name="pictures",
    description="Folders, zip and tar archives of pictures; folders name the classes.",
    read=read,
    suffixes=SUFFIXES,
    takes="pictures",
)
