"""Text files in folders: a row a file, with the class that its folder names, or the file's name if there is none."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pyarrow as pa

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.media.names import classes_of, is_hidden
from podium_ml.readers._encoding import check_decodes, find_encoding, open_text
from podium_ml.readers._reader import Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

NAME = "text_files"
TEXT, LABEL, FILE = "text", "label", "file"
_LARGEST, _ROWS = 64 * 1024 * 1024, 2_000
# Texts of some collections have names without a suffix. Files of these names above the classes are about the data.
_SUFFIXES, _NOTES = (".txt", ".text", ""), ("readme", "license", "licence", "notice", "changelog")
# Fewer files may be anything. So many are looked at to tell texts from tables with a header.
_FEWEST, _LOOKED_AT, _HEADER = 4, 5, 200


def holds_texts(path: Path) -> bool:
    """Whether a folder holds nothing but text files, each in the folder of its class."""
    names = _names(path)
    if len(names) < _FEWEST or not all(_is_text(name) and "/" in name for name in names):
        return False
    folders = {name.partition("/")[0] for name in names}
    if any("=" in folder for folder in folders) or len({one for one in classes_of(names)[0] if one}) < 2:
        return False
    step = max(1, len(names) // _LOOKED_AT)
    heads = {(path / name).open("rb").read(_HEADER).split(b"\n")[0] for name in names[::step]}
    return len(heads) > 1  # tables in many files share their header


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read each file as a text; its encoding is found for itself.

    Raises:
        DataError: There are no text files, or one is too large or in another encoding than the user set.
    """
    names = [name for name in _names(file.path) if _is_text(name)]
    if not names:
        raise DataError(
            f"{file.label} holds no text files.", "Texts end in .txt, each in the folder of its class."
        )
    classes, empty = classes_of(names)
    warnings = [
        f"{file.label}: the folder '{name}' holds no text, so there is no such class." for name in empty
    ]
    return Reading(_batches(file, names, classes, options.encoding), {}, warnings)


def _batches(
    file: SourceFile, names: list[str], classes: list[str | None], encoding: str
) -> Iterator[pa.RecordBatch]:
    # The path of a labelled text names its class, so that it is no column.
    labelled = any(one is not None for one in classes)
    schema = pa.schema([(TEXT, pa.string()), (LABEL if labelled else FILE, pa.string())])
    second = pa.array(classes if labelled else names, pa.string())
    yield pa.RecordBatch.from_pylist([], schema=schema)
    for start in range(0, len(names), _ROWS):
        part = names[start : start + _ROWS]
        texts = [_text(file, name, encoding) for name in part]
        columns = [pa.array(texts, pa.string()), second.slice(start, len(part))]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _text(file: SourceFile, name: str, encoding: str) -> str:
    path = file.path / name
    one = SourceFile(str(path), f"{file.label}/{name}")
    check_file(path, one.label)
    if path.stat().st_size > _LARGEST:
        raise DataError(f"{one.label} is larger than {_LARGEST >> 20} MB.", "Split it, or leave it out.")
    found = find_encoding(one, given=encoding)
    if encoding:
        check_decodes(one, found)
    with open_text(one, found) as stream:
        return stream.read()


def _is_text(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def _names(path: Path) -> list[str]:
    """Return the paths of all files below a folder that are not hidden and no notes, with slashes, sorted."""
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = [one for one in folders if not is_hidden(one)]
        below = PurePosixPath(Path(folder).relative_to(path).as_posix())
        found += [str(below / name) for name in files if not is_hidden(name)]
    return sorted(name for name in found if "/" in name or not name.lower().startswith(_NOTES))


SPEC = Reader(
    name=NAME,
    description="A folder of text files (.txt), each in the folder of its class.",
    read=read,
    takes="folder",
)
