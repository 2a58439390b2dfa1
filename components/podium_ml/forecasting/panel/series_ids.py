"""The names of series."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from podium_ml.values.plain_text import plain_texts


@dataclass(frozen=True)
class SeriesIds:
    """The names of series.

    Attributes:
        columns: Columns that tell series apart; empty for a single series.
        labels: The values of these columns by code, as text, shape ``(s, c)``; empty text for missing ones.
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
        return {label: code for code, label in enumerate(self.labels)}

    def codes(self, table: pd.DataFrame) -> np.ndarray:
        """Return the code of the series of each row, -1 for a series that is not known."""
        if not self.columns:
            return np.zeros(len(table), dtype=np.int64)
        codes, labels = series_labels(table, self.columns)
        known = np.array([self._codes.get(label, -1) for label in labels], dtype=np.int64)
        return known[codes]


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
    """Return codes into the sorted texts of a column; missing values are empty texts."""
    codes, texts = plain_texts(column)
    values, places = np.unique(np.array([*texts, ""], dtype=object), return_inverse=True)
    return places[codes], values
