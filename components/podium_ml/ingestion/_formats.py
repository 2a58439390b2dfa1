"""Which reader a source is for."""

from collections import Counter
from collections.abc import Sequence

from podium_ml.errors import DataError
from podium_ml.readers import READERS, Confidence, Reader, SourceFile, describe_rubbish


def choose_names(names: list[str], *, wanted: str) -> list[str]:
    """Return the names of a folder's files that are data, by their suffixes; all if none has a known one.

    Args:
        names: The names.
        wanted: Format that the user asks for, or nothing.
    """
    suffixes = READERS[wanted].suffixes if wanted else tuple(s for r in READERS.values() for s in r.suffixes)
    return [name for name in names if SourceFile(name, name).suffix in suffixes] or names


def find_reader(files: Sequence[SourceFile], *, wanted: str, source: str) -> Reader:
    """Return the reader of files, all of which must be of one format.

    Args:
        files: The files.
        wanted: Format that the user asks for, or nothing.
        source: What messages call them together.

    Raises:
        DataError: A file is of no format that can be read, or they are of several.
    """
    if wanted:
        return _wanted_reader(wanted, source)
    readers = [_reader_of(file) for file in files]
    counts = Counter(reader.name for reader in readers)
    if len(counts) > 1:
        shown = ", ".join(f"{name} ({count})" for name, count in counts.most_common())
        raise DataError(
            f"{source} has files of several formats: {shown}.", "Say the format, or use a pattern like *.csv."
        )
    return readers[0]


def _wanted_reader(wanted: str, source: str) -> Reader:
    reader = READERS[wanted]
    if reader.takes in ("folder", "database"):
        needs = "a folder with _delta_log" if reader.takes == "folder" else "a database URL"
        raise DataError(f"{source} is no {wanted} source.", f"The format {wanted} takes {needs}.")
    return reader


def _reader_of(file: SourceFile) -> Reader:
    head = file.head()
    sniffed = {reader.name: reader.sniff(head) for reader in READERS.values()}
    by_suffix = [reader for reader in READERS.values() if file.suffix and file.suffix in reader.suffixes]
    for confidence in (Confidence.SURE, Confidence.PERHAPS):
        if confidence == Confidence.PERHAPS and by_suffix:
            return by_suffix[0]
        if found := [name for name, sure in sniffed.items() if sure == confidence]:
            return READERS[found[0]]
    if not head:
        raise DataError(f"{file.label} is empty.", "Give a file with column names and rows.")
    raise describe_rubbish(file, head)
