"""The classes of a target in order, including which of two is the positive one."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Label
from podium_ml.errors import SettingsError
from podium_ml.values.distinct import distinct_values
from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS

_YES = frozenset({"yes", "y", "true", "t", "positive", "pos", "1"})
_NO_NUMBERS = (0, -1)
_SHOWN = 10


def order_labels(target: pd.Series, *, positive: str = "") -> tuple[Label, ...]:
    """Return the distinct labels, in the user's own types and sorted; of two labels, the positive one comes last.

    Args:
        target: Labels, none missing.
        positive: The positive label as the user wrote it. If empty, it is a plain yes (``True``, 1 beside 0, ``yes``),
            or else the rarer label.

    Raises:
        SettingsError: The target does not contain the label that the user named.
    """
    labels = distinct_labels(target)
    if len(labels) != 2:
        return tuple(labels)
    chosen = find_label(labels, positive) if positive else _natural_positive(labels, target)
    return tuple([label for label in labels if label is not chosen] + [chosen])


def distinct_labels(target: pd.Series) -> list[Label]:
    """Return the distinct labels, sorted, as Python integers, booleans, floats or texts; 1.0 becomes 1."""
    distinct = {canonical(value): value for value in target.drop_duplicates()}
    return sorted(map(_plain, distinct.values()), key=lambda label: (isinstance(label, str), label))


def find_label(labels: Iterable[Label], text: str) -> Label:
    """Return the label that the user means.

    Raises:
        SettingsError: There is none.
    """
    known = list(labels)
    for label in known:
        if text == str(label):
            return label
    for label in known:
        if text.strip().casefold() == str(label).strip().casefold() or _same_number(text, label):
            return label
    shown = ", ".join(map(str, known[:_SHOWN])) + (", ..." if len(known) > _SHOWN else "")
    raise SettingsError(f"positive_label: '{text}' is not a value of the target.", f"Its values are {shown}.")


def label_text(label: object) -> str:
    """Return a label, or its canonical form, as the user knows it."""
    return str(label[1] if isinstance(label, tuple) else label)


def _plain(value: object) -> Label:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and plain.is_integer():
        return int(plain)
    return plain if isinstance(plain, bool | int | float | str) else str(plain)


def _natural_positive(labels: list[Label], target: pd.Series) -> Label:
    for label, other in (labels, labels[::-1]):
        plain_yes = isinstance(label, str) and label.strip().casefold() in _YES
        if label is True or plain_yes or (label == 1 and other in _NO_NUMBERS):
            return label
    named = [label for label in labels if label not in ALWAYS | AMONG_NUMBERS]
    if len(named) == 1:  # the other one says that there is nothing, like None
        return named[0]
    counts = count_labels(target)
    return min(reversed(labels), key=lambda label: counts[canonical(label)])


def _same_number(text: str, label: Label) -> bool:
    try:
        return not isinstance(label, str | bool) and float(text) == label
    except ValueError:
        return False


def label_array(labels: Sequence[Any]) -> np.ndarray:
    """Return labels as an array of their own type: integers, booleans, floats, or objects for text."""
    kinds = {type(label) for label in labels}
    return (
        np.array(labels)
        if len(kinds) == 1 and kinds <= {int, bool, float}
        else np.array(labels, dtype=object)
    )


def canonical(value: Any) -> Any:
    """Return the same form for equal labels: ``1``, ``1.0`` and NumPy's ``1`` are equal; text and booleans are not.

    >>> canonical(np.int64(1)) == canonical(1.0), canonical(True) == canonical(1), canonical("1") == canonical(1)
    (True, False, False)
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def canonical_labels(values: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Return codes into a list of the distinct canonical labels in the order of the rows, -1 for missing labels.

    Args:
        values: Labels, none of them a list.

    Returns:
        Codes, int64 of shape ``(n,)``, and the canonical labels.
    """
    codes, labels = distinct_values(values)
    position_of: dict[Any, int] = {}
    translation = [
        -1 if pd.isna(label) else position_of.setdefault(canonical(label), len(position_of))
        for label in labels
    ]
    return np.array([*translation, -1], dtype=np.int64)[codes], list(position_of)


def count_labels(values: pd.Series) -> pd.Series:
    """Return the number of rows by canonical label, most frequent first; missing labels do not count."""
    codes, labels = canonical_labels(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    index = pd.Index(labels, dtype=object, tupleize_cols=False)
    return pd.Series(counts, index=index).sort_values(ascending=False, kind="stable")
