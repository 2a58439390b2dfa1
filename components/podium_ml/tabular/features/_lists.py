"""Lists: arrays from JSON or Parquet, or text such as ``red; blue``."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.plain_text import plain_text

SEPARATORS = (";", "|", ",", "\t", "/", "；", "、", "，")
_NO_WORD = re.compile(r"\W")


@dataclass(frozen=True)
class ListColumn:
    """The items as words of a text, and the number of items.

    Encoders learn inside the folds which items are worth a column.

    Attributes:
        separator: Separator of items in text; empty if the items are words.
    """

    separator: str = ""

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer the separator of items: the one that occurs in most rows."""
        texts = [value for value in column if isinstance(value, str) and not value.lstrip().startswith("[")]
        rows = {mark: sum(mark in text for text in texts) for mark in SEPARATORS}
        best = max(SEPARATORS, key=lambda mark: rows[mark])
        return cls(separator=best if rows[best] else "")

    @property
    def parts(self) -> tuple[Part, ...]:
        """The items and their number."""
        return (
            Part("", "text", "the items as words, which each model's encoder turns into topics"),
            Part("items", "numeric", "number of items"),
        )

    def transform(self, column: pd.Series) -> list[Any]:
        """Return one text per row, with one word per item, and the number of items, NaN for missing."""
        lists = [self._items(value) for value in column]
        texts = np.empty(len(lists), dtype=object)
        texts[:] = [" ".join(map(_word, items)) if items else "" for items in lists]
        counts = np.array([np.nan if items is None else len(items) for items in lists], dtype=np.float64)
        return [texts, counts]

    def _items(self, value: Any) -> list[str] | None:
        if isinstance(value, str):
            return self._split(value)
        if isinstance(value, dict):
            value = [f"{key}={item}" for key, item in value.items()]
        if isinstance(value, Iterable):
            return [text for item in value if (text := plain_text(item)) is not None]
        text = plain_text(value)
        return None if text is None else [text]

    def _split(self, text: str) -> list[str] | None:
        if not text.strip():
            return None
        if text.lstrip().startswith("["):
            try:
                return self._items(json.loads(text))
            except ValueError:
                text = text.strip().strip("[]").replace("'", "")
                return [item.strip() for item in text.split(",") if item.strip()]
        parts = text.split(self.separator) if self.separator else text.split()
        return [part.strip() for part in parts if part.strip()]


def _word(item: str) -> str:
    """Turn an item into one word; different items become different words.

    >>> _word("red wine"), _word("C++"), _word("c")
    ('red_wine', 'C_2b_2b', 'c_')
    """
    word = _NO_WORD.sub(lambda match: "_" if match[0] == " " else f"_{ord(match[0]):x}", item)
    return word if len(word) > 1 else f"{word}_"
