"""Choosing the reader for a source."""

from collections import Counter
from collections.abc import Collection, Sequence

from podium_ml.errors import DataError
from podium_ml.media.places import holds_pictures
from podium_ml.readers import READERS, Confidence, Reader, SourceFile, describe_rubbish

PICTURES = "pictures"
# Compressed files that may be archives of several.
_PACKED = ("zip", "gzip", "bz2", "xz")


def choose_names(names: list[str], *, wanted: str, kind: str = "") -> list[str]:
    """Return the names of data files in a folder, by their suffixes; all names if no suffix is known.

    Args:
        names: Names of the files.
        wanted: Format that the user set, or an empty string.
        kind: Kind of problem, whose own formats count too; empty for tables.
    """
    if wanted:
        return _ending(names, READERS[wanted].suffixes) or names
    readers = _readers_of(kind)
    if whole := reader_of_folders(kind):
        return _ending(names, (*whole.suffixes, *READERS[PICTURES].suffixes)) or names
    tables = tuple(suffix for reader in readers for suffix in reader.suffixes if reader.name != PICTURES)
    return _ending(names, tables) or _ending(names, READERS[PICTURES].suffixes) or names


def reader_of_folders(kind: str) -> Reader | None:
    """Return the reader of a kind of problem that takes whole folders and archives, if the kind has one."""
    own = (one for one in READERS.values() if one.kind and one.kind == kind)
    return next((one for one in own if one.takes == PICTURES), None)


def _ending(names: list[str], suffixes: Collection[str]) -> list[str]:
    return [name for name in names if SourceFile(name, name).suffix in suffixes]


def find_reader(files: Sequence[SourceFile], *, wanted: str, source: str, kind: str = "") -> Reader:
    """Return the reader for files, which must all have the same format.

    Args:
        files: The files.
        wanted: Format that the user set, or an empty string.
        source: Name of all files together in messages.
        kind: Kind of problem, whose own formats come first; empty for tables.

    Raises:
        DataError: A file has no supported format, or the files have several formats.
    """
    if wanted:
        return _wanted_reader(wanted, source)
    readers = [_reader_of(file, _readers_of(kind)) for file in files]
    counts = Counter(reader.name for reader in readers)
    if len(counts) > 1:
        shown = ", ".join(f"{name} ({count})" for name, count in counts.most_common())
        raise DataError(
            f"{source} has files of several formats: {shown}.", "Set the format, or use a pattern like *.csv."
        )
    return readers[0]


def _wanted_reader(wanted: str, source: str) -> Reader:
    reader = READERS[wanted]
    if reader.takes in ("folder", "database"):
        needs = "a folder with _delta_log" if reader.takes == "folder" else "a database URL"
        raise DataError(f"{source} cannot be read as {wanted}.", f"The format {wanted} needs {needs}.")
    return reader


def _readers_of(kind: str) -> list[Reader]:
    """Return the readers of a kind of problem, its own ones first."""
    own = [reader for reader in READERS.values() if reader.kind and reader.kind == kind]
    return own + [reader for reader in READERS.values() if not reader.kind]


def _reader_of(file: SourceFile, readers: Sequence[Reader]) -> Reader:
    if _is_place_of_pictures(file):
        return READERS[PICTURES]
    head = file.head()
    sniffed = {reader.name: reader.sniff(head) for reader in readers}
    by_suffix = [reader for reader in readers if file.suffix and file.suffix in reader.suffixes]
    for confidence in (Confidence.SURE, Confidence.PERHAPS):
        if confidence == Confidence.PERHAPS and by_suffix:
            return by_suffix[0]
        if found := [name for name, sure in sniffed.items() if sure == confidence]:
            return READERS[found[0]]
    if not head:
        raise DataError(f"{file.label} is empty.", "Provide a file with column names and rows.")
    raise describe_rubbish(file, head)


def _is_place_of_pictures(file: SourceFile) -> bool:
    if file.path.is_dir():
        return True
    may_hold = file.compression in _PACKED or file.path.suffix.lower() in (".tar", ".tgz")
    return may_hold and holds_pictures(file.path)
