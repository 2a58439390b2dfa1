"""Sets of labels in columns of any type: lists, or text such as ``a, b``."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.values.literals import read_literal
from podium_ml.values.plain_text import plain_text

LabelSet = tuple[str, ...]
_SEPARATORS = (";", "|", ",")
_SAMPLE = 1_000
_LISTS = (list, tuple, set, frozenset, np.ndarray)


def read_label_sets(values: pd.Series, *, separator: str = "") -> list[LabelSet | None]:
    """Return the labels of each row, sorted and without repetition; ``None`` for missing values.

    Args:
        values: Lists of labels, lists in text as JSON or Python writes them, or labels in text separated by semicolons,
            bars or commas.
        separator: What separates labels in text; empty infers it.
    """
    separator = separator or find_separator(values)
    return [_read(value, separator) for value in values]


def holds_lists(values: pd.Series) -> bool:
    """Whether a column holds lists, so that nothing but a set of labels can be meant."""
    present = values.dropna()
    return len(present) > 0 and isinstance(present.iloc[0], _LISTS)


def writes_lists(values: pd.Series) -> bool:
    """Whether all texts of a column are lists of labels in brackets, as JSON or as Python prints them.

    >>> writes_lists(pd.Series(['["a", "b"]', "['a']", "[]", None])), writes_lists(pd.Series(["[sic]", "[0.5]"]))
    (True, False)
    """
    found = []
    for text in values.dropna().head(_SAMPLE):
        if (labels := _written_list(text)) is None:
            return False
        found.append(labels)
    return any(found)


def _written_list(text: Any) -> list[Any] | None:
    """Return the labels of a list in brackets; ``None`` if a value is something else."""
    if not isinstance(text, str) or not text.strip().startswith("["):
        return None
    try:
        given = read_literal(text.strip())
    except ValueError:
        return None
    return given if isinstance(given, list) and all(isinstance(one, str | int) for one in given) else None


def known_labels(sets: Iterable[LabelSet | None]) -> tuple[str, ...]:
    """Return all labels that occur, sorted.

    >>> known_labels([("b", "a"), None, ("b",)])
    ('a', 'b')
    """
    return tuple(sorted({label for one in sets if one is not None for label in one}))


def label_set_text(labels: Iterable[Any]) -> str:
    """Return a set of labels as users write it; as a JSON list if a label holds what separates labels.

    >>> label_set_text(["red", "round"]), label_set_text(["red, dark"])
    ('red, round', '["red, dark"]')
    """
    texts = list(map(str, labels))
    if any(separator in text for text in texts for separator in _SEPARATORS):
        return json.dumps(texts, ensure_ascii=False)
    return ", ".join(texts)


def find_separator(values: pd.Series) -> str:
    """Return the separator that most of the texts hold; a comma if none holds any."""
    texts = [value for value in values.dropna().head(_SAMPLE) if isinstance(value, str)]
    counts = Counter({separator: sum(separator in text for text in texts) for separator in _SEPARATORS})
    best = max(_SEPARATORS, key=lambda one: counts[one])
    return best if counts[best] else ","


def _read(value: Any, separator: str) -> LabelSet | None:
    if isinstance(value, _LISTS):
        return _labels(value)
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    text = str(value).strip()
    if text == "set()":  # Python's empty set
        return ()
    if text[:1] + text[-1:] in ("[]", "()", "{}"):
        with suppress(ValueError):
            if isinstance(given := read_literal(text), _LISTS):
                return _labels(given)
        text = text[1:-1] if text[0] == "[" else text
    return _labels(text.split(separator))


def _labels(parts: Iterable[Any]) -> LabelSet:
    texts = (plain_text(part) for part in parts)
    return tuple(sorted({text for text in texts if text}))
