"""Spellings of missing values in tables, and which of them are values of a column."""

from collections.abc import Collection, Mapping

# Missing in any column, unless the column says otherwise.
ALWAYS = frozenset({
    "", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "-NaN", "-nan", "NaT",
    "NULL", "null", "None", "?", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
})  # fmt: skip

# Missing among numbers, dates and booleans. Among other texts they may be values: some classes are called + and -.
AMONG_NUMBERS = frozenset({
    "-", "--", "---", ".", "..", "*", "na", "Na", "none", "NONE", "Null", "missing", "Missing",
    "unknown", "Unknown", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "0000-00-00", "0000-00-00 00:00:00",
    "#NULL!", "–", "—", "n.a.", "N.A.", "n.d.", "k.A.", "not available", "Not available",
})  # fmt: skip

# People write these, and may mean a value by them. Programs write the others.
_NOT_AVAILABLE = frozenset({"NA", "N/A", "n/a"})
_NAMES = _NOT_AVAILABLE | {"None", "?"}
_NAMES_AMONG_NUMBERS = frozenset(
    {"None", "none", "NONE", "unknown", "Unknown", "-", "--", "---", ".", "..", "*"}
)
_WORDS = frozenset({"null", "Null", "missing", "Missing", "not available", "Not available"})
_FREQUENT = 0.05
# A target with more distinct numbers holds numbers, not the names of classes.
MOST_NUMBERS = 10


def classes_among_markers(
    markers: Mapping[str, int], *, rows: int, others: int, are_numbers: bool, elsewhere: Collection[str]
) -> frozenset[str]:
    """Return the markers of a target that are classes: frequent ones that mean nothing else in the file.

    Args:
        markers: How many rows hold each marker.
        rows: Number of rows.
        others: Number of distinct values that are no markers.
        are_numbers: Whether these are numbers.
        elsewhere: Markers that stand for missing numbers in other columns.

    >>> sorted(classes_among_markers({"None": 30, "": 30}, rows=90, others=2, are_numbers=False, elsewhere=()))
    ['None']
    """
    if not others or (are_numbers and others > MOST_NUMBERS):
        return frozenset()
    names = _NAMES_AMONG_NUMBERS if are_numbers else _NAMES | _NAMES_AMONG_NUMBERS | _WORDS
    if others == 1 and not are_numbers:  # without them, the target would have one value
        names |= frozenset(markers) - {""}
    return _frequent(markers, names, rows=rows) - frozenset(elsewhere)


def doubt_of_classes(kept: Collection[str], missing: Mapping[str, int]) -> str:
    """Return which texts of a target may be classes or missing values, in words for the user; empty if none.

    Args:
        kept: Markers that are classes.
        missing: Markers that stand for missing values, and how many rows hold them.

    >>> doubt_of_classes(["None"], {"": 3})
    "'None' counts as a class; `--missing-markers None` reads it as missing."
    """
    if kept:
        names = ", ".join(f"'{name}'" for name in sorted(kept))
        verb, them, classes = ("counts", "it", "a class") if len(kept) == 1 else ("count", "them", "classes")
        return f"{names} {verb} as {classes}; `--missing-markers {','.join(sorted(kept))}` reads {them} as missing."
    words = sorted(name for name in missing if name)
    if not words:
        return ""
    shown = ", ".join(f"'{name}' ({missing[name]} rows)" for name in words)
    return f"{shown} was read as missing; if it is a class, name other texts in `--missing-markers`."


def values_among_markers(
    markers: Mapping[str, int], *, rows: int, elsewhere: Collection[str]
) -> frozenset[str]:
    """Return the markers of a column of words that are values: it writes missing values in another way.

    Args:
        markers: How many rows hold each marker.
        rows: Number of rows.
        elsewhere: Markers that stand for missing numbers in other columns.

    >>> sorted(values_among_markers({"None": 60, "NA": 8}, rows=100, elsewhere=()))
    ['None']
    """
    found = frozenset(markers)
    names = _NAMES if found - _NAMES else _NAMES - _NOT_AVAILABLE if found & _NOT_AVAILABLE else frozenset()
    return _frequent(markers, names, rows=rows) - frozenset(elsewhere)


def _frequent(markers: Mapping[str, int], names: frozenset[str], *, rows: int) -> frozenset[str]:
    return frozenset(name for name, count in markers.items() if name in names and count >= _FREQUENT * rows)
