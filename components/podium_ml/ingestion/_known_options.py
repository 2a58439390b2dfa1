"""Reading new rows like the labelled rows of a model, where their file is of the same kind."""

from collections.abc import Mapping

from podium_ml.ingestion._locate import Located
from podium_ml.readers import find_encoding
from podium_ml.settings import ReaderOptions

_TEXT_FILES = ("csv", "tsv")
_DELIMITERS = (b",", b";", b"\t", b"|")


def with_known_options(options: ReaderOptions, known: Mapping[str, str], located: Located) -> ReaderOptions:
    """Return the options, completed by those of other rows in the same format.

    A delimiter helps where the new file uses it. An encoding replaces a guess, because new rows are often too few to
    guess from, but not what the bytes of the file tell.

    Args:
        options: What the user set for these rows.
        known: How the other rows were read, by name of the option, with their ``format``.
        located: The files to read.
    """
    if not known or not _same_format(known.get("format", ""), located.reader.name):
        return options
    given = options.model_dump(exclude_defaults=True).keys() | {"format"}
    open_fields = {name: known[name] for name in ReaderOptions.model_fields.keys() & known.keys() - given}
    if "encoding" in open_fields and _tells_encoding(located):
        del open_fields["encoding"]
    if "delimiter" in open_fields and not _may_use(open_fields["delimiter"], located):
        del open_fields["delimiter"]
    return ReaderOptions.model_validate({**options.model_dump(), **open_fields})


def _same_format(known: str, new: str) -> bool:
    return known == new or {known, new} <= set(_TEXT_FILES)


def _tells_encoding(located: Located) -> bool:
    """Whether the bytes of a text file are UTF-8 or UTF-16, or plain ASCII."""
    return find_encoding(located.files[0]).name.startswith("utf")


def _may_use(delimiter: str, located: Located) -> bool:
    """Whether the first line of a text file contains a delimiter, or none at all, as if there were one column."""
    names = located.files[0].head().partition(b"\n")[0]
    return delimiter.encode() in names or not any(other in names for other in _DELIMITERS)
