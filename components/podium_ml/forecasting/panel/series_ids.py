"""The names of series."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from podium_ml.values.plain_text import plain_text, plain_texts


@dataclass(frozen=True)
class SeriesIds:
    """The names of series.

    Attributes:
        columns: Columns that tell series apart; empty for a single series.
        labels: The values of these columns by code, as they are written, shape ``(s, c)``; empty text for missing ones.
    """

    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    def name(self, code: int) -> str:
        """Return what users call a series."""
        return ", ".join(self.labels[code]) if self.columns else "the series"

    def quoted(self, code: int) -> str:
        """Return the name of a series for a message: in quotes, unless there is only one."""
        return f"'{self.name(code)}'" if self.columns else self.name(code)

    @cached_property
    def _codes(self) -> dict[tuple[str, ...], int]:
        return {same_series(label): code for code, label in enumerate(self.labels)}

    def codes(self, table: pd.DataFrame) -> np.ndarray:
        """Return the code of the series of each row, -1 for a series that is not known."""
        if not self.columns:
            return np.zeros(len(table), dtype=np.int64)
        codes, labels = series_labels(table, self.columns)
        known = np.array([self._codes.get(same_series(label), -1) for label in labels], dtype=np.int64)
        return known[codes]


def same_series(label: tuple[str, ...]) -> tuple[str, ...]:
    """Return a label that all spellings of a series have: ``1`` and ``1.0`` are one.

    >>> same_series(("1.0", "007"))
    ('1', '007')
    """
    return tuple(plain_text(text) or "" for text in label)


def spellings(column: pd.Series) -> list[tuple[str, ...]]:
    """Return the texts of a column that differ although they are one series.

    >>> spellings(pd.Series(["1", "1.0", "2", "007"]))
    [('1', '1.0')]
    """
    if not _holds_texts(column):
        return []
    groups = defaultdict(list)
    for text in sorted({str(value).strip() for value in column.dropna().unique()}):
        groups[plain_text(text)].append(text)
    return [tuple(texts) for texts in groups.values() if len(texts) > 1]


def _holds_texts(column: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype)


def series_labels(table: pd.DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Return the code of the series of each row, and the values of the columns as text by code, sorted.

    Args:
        table: The rows.
        columns: Columns that tell series apart.
    """
    codes = np.zeros(len(table), dtype=np.int64)
    labels = np.zeros((1, 0), dtype=object)
    for name in columns:
        own, texts = _sorted_texts(table[name])
        found, codes = np.unique(codes * len(texts) + own, return_inverse=True)
        before, place = np.divmod(found, len(texts))
        labels = np.column_stack([labels[before], texts[place]])
    return codes.astype(np.int64), [tuple(one) for one in labels]


def _sorted_texts(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return codes into the sorted texts of a column, as it writes them; missing values are empty texts."""
    codes, texts = plain_texts(column)
    values, places = np.unique(np.array([*texts, ""], dtype=object), return_inverse=True)
    written = _first_spellings(column, codes, texts)
    shown = np.array([written.get(one, one) for one in values], dtype=object)
    return places[codes], shown


def _first_spellings(column: pd.Series, codes: np.ndarray, texts: Sequence[str]) -> dict[str, str]:
    """Return how a column of texts writes whole numbers that have decimals, such as ``1.0``, by plain text."""
    if not _holds_texts(column):
        return {}
    wholes = np.flatnonzero([text.lstrip("-").isdecimal() for text in texts])
    rows = np.flatnonzero(np.isin(codes, wholes))
    found, first = np.unique(codes[rows], return_index=True)
    values = column.iloc[rows[first]]
    return {texts[code]: one.strip() for code, one in zip(found, values, strict=True) if isinstance(one, str)}
