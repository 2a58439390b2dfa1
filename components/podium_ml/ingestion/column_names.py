"""Names of columns: unnamed columns get a name, duplicates raise an error."""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.errors import DataError
from podium_ml.values.names import composed

_SHOWN = 5


def complete_names(names: Sequence[str], *, label: str) -> tuple[list[str], list[str]]:
    """Return the names in Unicode's composed form (NFC); unnamed columns are named by their position.

    Args:
        names: Column names as in the file.
        label: Name of the file in messages.

    Returns:
        All names, and those that were made up.

    Raises:
        DataError: There is no column, or a name occurs twice.

    >>> complete_names(["a", ""], label="x.csv")
    (['a', 'column_2'], ['column_2'])
    """
    if not names:
        raise DataError(f"{label} has no columns.", "Provide a table with named columns.")
    names = [composed(name) for name in names]
    check_distinct(names, label=label, advice="If the names are in another line, --header-row says in which.")
    taken = set(names)
    complete = [name if name.strip() else _new_name(at, taken) for at, name in enumerate(names, start=1)]
    return complete, [name for name, old in zip(complete, names, strict=True) if name != old]


def is_blank(values: pa.Array) -> bool:
    """Whether a column as a reader gives it holds nothing but blanks."""
    if pa.types.is_string(values.type):
        return not pc.any(pc.not_equal(pc.utf8_trim_whitespace(values), "")).as_py()
    return values.null_count == len(values)


def warn_of_unnamed(names: Sequence[str], *, label: str) -> list[str]:
    """Return the warning that columns without a name were named, if there are any."""
    if not names:
        return []
    shown = ", ".join(names[:_SHOWN]) + (", ..." if names[_SHOWN:] else "")
    return [f"{label} has columns without a name; they were named {shown}."]


def check_distinct(names: Sequence[str], *, label: str, advice: str = "") -> None:
    """Refuse columns with the same name; several may have none.

    Args:
        names: Names of the columns.
        label: What holds them, for messages.
        advice: What else helps.

    Raises:
        DataError: The message lists the names.
    """
    twice = [name for name, count in Counter(names).items() if count > 1 and name.strip()]
    if twice:
        shown = ", ".join(f"'{shorten(name)}'" for name in twice[:_SHOWN]) + (
            ", ..." if twice[_SHOWN:] else ""
        )
        raise DataError(
            f"{label} has columns with the same name: {shown}.", f"Rename or remove them. {advice}".rstrip()
        )


def check_same_names(names: Sequence[str], expected: Sequence[str], *, label: str, first: str) -> None:
    """Raise an error if the files of one table have different columns; their order may differ.

    Raises:
        DataError: The columns differ; the message lists missing and additional ones.
    """
    missing = [name for name in expected if name not in set(names)]
    new = [name for name in names if name not in set(expected)]
    parts = [
        f"{verb} {', '.join(repr(shorten(name)) for name in some[:_SHOWN])}{', ...' if some[_SHOWN:] else ''}"
        for verb, some in (("is missing", missing), ("adds", new))
        if some
    ]
    if parts:
        raise DataError(
            f"{label} has different columns than {first}: it {' and '.join(parts)}.",
            "All files of one table need the same columns.",
        )


def shorten(name: str) -> str:
    """Return a name, shortened for messages."""
    return name if len(name) <= 60 else name[:57] + "..."


def _new_name(position: int, taken: set[str]) -> str:
    name = f"column_{position}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name
