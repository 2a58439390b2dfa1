"""Counts of the terms of texts that were seen before."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# Texts with more characters in all are counted anew in each fold, because their counts would fill the memory.
_MOST_CHARACTERS = 20_000_000

Counts = tuple[dict[str, int], Any]
"""The column of each term, and the counts of the terms of each text as a CSR matrix."""


class TermMemory:
    """Remembers the terms of each text, because most folds share most texts.

    Args:
        count: Counts the terms of texts.
    """

    def __init__(self, count: Callable[[Sequence[str]], Counts]) -> None:
        self._count = count
        self._rows: dict[str, int] = {}
        self._columns: dict[str, int] = {}
        self._counts: Any = None
        self._characters = 0

    def count(self, texts: Sequence[str]) -> Counts:
        """Count the terms of texts; there may be columns of terms that none of them has."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        characters = self._characters + sum(map(len, new))
        if characters > _MOST_CHARACTERS:
            return self._count(texts)
        if new:
            self._learn(new)
            self._characters = characters
        return self._columns, self._counts[np.array([self._rows[text] for text in texts], dtype=np.int64)]

    def _learn(self, texts: list[str]) -> None:
        from scipy.sparse import csr_matrix, vstack

        columns, counts = self._count(texts)
        for term in columns:
            self._columns.setdefault(term, len(self._columns))
        place = np.fromiter((self._columns[term] for term in columns), dtype=np.int64, count=len(columns))
        width = len(self._columns)
        added = csr_matrix((counts.data, place[counts.indices], counts.indptr), shape=(len(texts), width))
        if self._counts is not None:
            self._counts.resize(self._counts.shape[0], width)
            added = vstack([self._counts, added], format="csr")
        self._rows |= {text: at for at, text in enumerate(texts, start=len(self._rows))}
        self._counts = added
