"""The columns of a source, read from its first bytes, so that a wrong setting is told before all of it is read."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from podium_ml.confinement import own_folder
from podium_ml.errors import PodiumError
from podium_ml.ingestion._formats import choose_names, find_reader
from podium_ml.ingestion._locate import find_texts
from podium_ml.ingestion.column_names import complete_names
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.local_files import find_files
from podium_ml.readers import SourceFile
from podium_ml.settings import ReaderOptions
from podium_ml.values.addresses import place_of, split_list, with_today

# Larger files are read up to here, if their format allows it.
_MOST_BYTES = 4 * 1024 * 1024
# Formats whose columns can be read from the beginning of a file. Records cannot, because they may omit columns.
_BEGINS_WITH_NAMES = ("csv",)


def read_header(source: str, options: ReaderOptions) -> tuple[str, ...]:
    """Return the names of a source's columns.

    Args:
        source: A file, folder, pattern or URL, or several; the first one is read.
        options: How to read it, if that cannot be inferred.

    Returns:
        The names; empty if they are not quickly known: of databases, of large files in most formats, and of whatever
        cannot be read, which ingestion will report.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="podium-") as folder, own_folder(Path(folder)):
            return _names(split_list(with_today(source))[0], options, Path(folder))
    except (PodiumError, OSError, ValueError, IndexError):
        return ()


@contextmanager
def beginning_of(source: str, options: ReaderOptions) -> Iterator[Path | None]:
    """Yield a local file with the beginning of a source that lies elsewhere; ``None`` if it cannot be read in part.

    Args:
        source: One file, folder, pattern or URL.
        options: How to read it, if that cannot be inferred.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as folder, own_folder(Path(folder)):
        file, is_whole = _beginning(source, options, Path(folder))
        if file is None or place_of(source) == "local":
            yield None
            return
        reader = find_reader([file], wanted=options.format, source=file.label)
        can_be_cut = reader.name in (*_BEGINS_WITH_NAMES, "json_lines") and not file.compression
        yield file.path if is_whole or can_be_cut else None


def _names(source: str, options: ReaderOptions, folder: Path) -> tuple[str, ...]:
    if find_texts([source], options.format):
        return ()
    file, is_whole = _beginning(source, options, folder)
    if file is None:
        return ()
    reader = find_reader([file], wanted=options.format, source=file.label)
    if not is_whole and (reader.name not in _BEGINS_WITH_NAMES or file.compression):
        return ()
    if reader.is_sparse or reader.takes == "pictures":
        return ()
    batch = next(iter(reader.read(file, options).batches))
    names, _ = complete_names(batch.schema.names, label=file.label)
    return tuple(dict.fromkeys([*names, *file.partitions]))


def _beginning(source: str, options: ReaderOptions, folder: Path) -> tuple[SourceFile | None, bool]:
    """Return a file with the first bytes of the source, if there is one, and whether it is all of it."""
    place, target = place_of(source), folder / "beginning"
    if place == "local":
        found = find_files(source)[0]
        return SourceFile(str(found.path), str(found.path), found.partitions), True
    if place == "http":
        from podium_ml.ingestion.http import download_beginning

        return _complete_lines(download_beginning(source, target, most=_MOST_BYTES))
    if place == "objects":
        from podium_ml.ingestion.objects import Objects

        choose = partial(choose_names, wanted=options.format)
        return _complete_lines(Objects(source).fetch_beginning(target, most=_MOST_BYTES, choose=choose))
    return None, False


def _complete_lines(file: SourceFile) -> tuple[SourceFile, bool]:
    """Cut a file that was read up to the limit at its last complete line."""
    content = file.path.read_bytes()
    if len(content) < _MOST_BYTES:
        return file, True
    with writing(file.path):
        file.path.write_bytes(content[: content.rfind(b"\n") + 1])
    return file, False
