"""The classes of a target, in order, and which of two is the positive one."""

from collections.abc import Iterable

import pandas as pd

from podium_ml.contracts.problem import Label
from podium_ml.errors import SettingsError
from podium_ml.targets.encoding import canonical

_YES = frozenset({"yes", "y", "true", "t", "positive", "pos", "1"})
_NO_NUMBERS = (0, -1)
_SHOWN = 10


def order_labels(target: pd.Series, *, positive: str = "") -> tuple[Label, ...]:
    """Return the distinct labels in the user's own types: sorted, but the positive one of two last.

    Args:
        target: Labels, none missing.
        positive: The positive label as the user wrote it; empty takes a plain yes (``True``, 1 beside 0, ``yes``), or
            the rarer label.

    Raises:
        SettingsError: No label is the one that the user named.
    """
    labels = distinct_labels(target)
    if len(labels) != 2:
        return tuple(labels)
    chosen = find_label(labels, positive) if positive else _natural_positive(labels, target)
    return tuple([label for label in labels if label is not chosen] + [chosen])


def distinct_labels(target: pd.Series) -> list[Label]:
    """Return the distinct labels, sorted, as Python's own integers, booleans, floats or texts; 1.0 becomes 1."""
    distinct = {canonical(value): value for value in target.drop_duplicates()}
    return sorted(map(_plain, distinct.values()), key=lambda label: (isinstance(label, str), label))


def find_label(labels: Iterable[Label], text: str) -> Label:
    """Return the label that a user means.

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
    raise SettingsError(f"positive_label: '{text}' is no value of the target.", f"Its values are {shown}.")


def label_text(label: object) -> str:
    """Return a label, or its canonical form, as users know it."""
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
    counts = target.astype(object).map(canonical).value_counts()
    return min(reversed(labels), key=lambda label: counts[canonical(label)])


def _same_number(text: str, label: Label) -> bool:
    try:
        return not isinstance(label, str | bool) and float(text) == label
    except ValueError:
        return False
