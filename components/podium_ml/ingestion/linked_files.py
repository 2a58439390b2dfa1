"""The files that a source leads to: pictures that a table or annotations name, and the labels beside them."""

import hashlib
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.ingestion.local_files import find_files
from podium_ml.media.named_files import folders_near, mentions_pictures, names_in
from podium_ml.media.names import SUFFIXES, has_picture_suffix, is_hidden
from podium_ml.media.references import References, is_address
from podium_ml.values.addresses import place_of

# Lists of classes and folders, as YOLO has them, with labels in text files.
_LISTS = (".yaml", ".yml")
_LABELS, _CLASSES = ".txt", "classes.txt"
_MENTIONS_CLASSES = re.compile(r"(?m)^names\s*:")
_BEGINNING = 1 << 16
# What a name of a picture looks like to Arrow.
_PICTURE = rf"(?i)({'|'.join(map(re.escape, SUFFIXES))})\z"
# More pictures at addresses would take too long to ask for; then nothing is known.
_MOST_ADDRESSES = 500


def linked_files(files: Collection[Path]) -> list[Path]:
    """Return the files that others lead to, which are none of these, sorted.

    Links to files of another kind are left out, because they may lead to what is no data.
    """
    return _led_to({path: _names(path) for path in files})


def linked_version(source: str) -> str:
    """Return a string that changes when a file changes that a source leads to; empty if that cannot be known.

    Local files count by name, size and time of change, pictures at addresses by what the server says of their version.

    Args:
        source: A local source, or the address of an object.

    Raises:
        DataError: The source cannot be read.
    """
    if place_of(source) == "objects":
        return _of_objects(source)
    digest, names = hashlib.sha256(b"local"), {file.path: _names(file.path) for file in find_files(source)}
    for path in _led_to(names):
        known = path.stat()
        digest.update(f"{path}\0{known.st_size}\0{known.st_mtime_ns}\0".encode(errors="surrogateescape"))
    for found in names.values():
        addresses = [name for name in found if is_address(name)]
        if len(addresses) > _MOST_ADDRESSES:
            return ""
        for address in addresses:
            digest.update(f"{address}\0{_tag(address)}\0".encode())
    return digest.hexdigest()


def lies_near(path: Path, folder: Path) -> bool:
    """Whether a file, links resolved, lies below a folder, or below the one above as sets of data do.

    What lies above the home folder, or in it, is no set of data.
    """
    folder = folder.resolve()
    roots = [folder] if Path.home().resolve().is_relative_to(folder.parent) else [folder, folder.parent]
    return any(path.resolve().is_relative_to(root) for root in roots)


def place_beside(path: Path, folder: Path) -> str:
    """Return the path under which a file is found again if it lies below a folder, with slashes.

    >>> place_beside(Path("/data/images/a.png"), Path("/data/labels"))
    'images/a.png'
    """
    path, folder = (Path(os.path.abspath(one)) for one in (path, folder))  # noqa: PTH100 - links are kept
    for root in (folder, folder.parent, Path(path.anchor)):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _led_to(names: Mapping[Path, Sequence[str]]) -> list[Path]:
    """Return the files that others lead to, given what these name."""
    found = {one for path, own in names.items() for one in _linked(path, own)}.difference(names)
    return sorted(filter(_may_be_read, found))


def _may_be_read(path: Path) -> bool:
    try:
        check_file(path, str(path))
    except DataError:
        return False
    return path.resolve().suffix.lower() == path.suffix.lower()


def _linked(path: Path, names: Sequence[str]) -> Iterator[Path]:
    if path.suffix.lower() in _LISTS:
        yield from _beside_list(path)
        return
    references = None
    for name in names:
        if is_address(name):
            continue
        references = references or References(folders_near(path.parent), _no_fetch)
        if found := references.find(name):
            yield found


def _beside_list(path: Path) -> Iterator[Path]:
    """Yield pictures and labels of the folders that lie near a list of classes and that it names."""
    content = path.read_bytes()[:_BEGINNING].decode("utf-8", errors="replace").replace("\\", "/")
    if not _MENTIONS_CLASSES.search(content):
        return
    roots = [path.parent, *(one for one in folders_near(path.parent)[2:] if f"{one.name}/" in content)]
    found = [file for root in roots for file in _pictures_and_texts(root)]
    pictures = {file.stem for file in found if file.suffix.lower() != _LABELS}
    yield from (
        file
        for file in found
        if file.suffix.lower() != _LABELS or file.stem in pictures or file.name.lower() == _CLASSES
    )


def _pictures_and_texts(root: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not is_hidden(name)]
        shown = (name for name in names if not is_hidden(name))
        yield from (Path(here, name) for name in shown if name.lower().endswith((*SUFFIXES, _LABELS)))


def _names(path: Path) -> list[str]:
    """Return what looks like names of pictures in a file, each once; of a damaged one, reading will say so."""
    found: dict[str, None] = {}
    try:
        for name in _of_parquet(path) if path.suffix.lower() == ".parquet" else names_in(path):
            found[name] = None
    except (DataError, OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        pass
    return list(found)


def _of_parquet(path: Path) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from podium_ml.readers._parquet_rows import rows_at_once

    with pq.ParquetFile(path) as file:
        texts = [
            field.name
            for field in file.schema_arrow
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        if not texts:
            return
        rows = rows_at_once(file, path, label=path.name, packed=path.stat().st_size)
        for batch in file.iter_batches(rows, columns=texts):
            for column in batch.columns:
                # Few of many million texts become objects of Python.
                yield from column.filter(pc.match_substring_regex(column, _PICTURE)).to_pylist()


def _tag(address: str) -> str:
    try:
        if place_of(address) == "http":
            from podium_ml.ingestion.http import content_tag

            return content_tag(address)
        from podium_ml.ingestion.objects import Objects

        return str(Objects(address).versions())
    except DataError:  # reading the source will report it
        return ""


def _of_objects(url: str) -> str:
    """Return the version of the pictures beside an object that names some."""
    from podium_ml.ingestion.objects import Objects

    suffix = PurePosixPath(url).suffix.lower()
    if has_picture_suffix(url) or not suffix:
        return "none"
    one = Objects(url)
    with tempfile.TemporaryDirectory(prefix="podium-") as work:
        head = one.fetch_beginning(Path(work, "head"), most=_BEGINNING, choose=lambda names: names[:1])
        content = head.path.read_bytes()
    is_list = suffix in _LISTS and _MENTIONS_CLASSES.search(content.decode(errors="replace"))
    if not is_list and not mentions_pictures(content):
        return "none"
    return _listed(Objects(url.rpartition("/")[0]).versions())


def _listed(versions: Iterable[tuple[str, str]]) -> str:
    beside = [(key, tag) for key, tag in versions if key.lower().endswith((*SUFFIXES, _LABELS))]
    return hashlib.sha256(repr(beside).encode()).hexdigest() if all(tag for _, tag in beside) else ""


def _no_fetch(url: str) -> bytes:
    raise DataError("pictures are not fetched to see their versions")
