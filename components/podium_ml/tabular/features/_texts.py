"""Free text."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.plain_text import encodable
from podium_ml.values.words import count_words


@dataclass(frozen=True)
class TextColumn:
    """The text, which encoders turn into topics, and its length.

    Attributes:
        missing: Texts that stand for missing values.
    """

    missing: frozenset[str] = frozenset()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Text, number of characters, number of words."""
        return (
            Part("", "text", "the text, which each model's encoder turns into topics (TF-IDF and SVD)"),
            Part("length", "numeric", "number of characters"),
            Part("words", "numeric", "number of words"),
        )

    def transform(self, column: pd.Series) -> list[Any]:
        """Return strings, empty for missing, and two counts, NaN for missing."""
        texts = read_texts(column)
        if self.missing:
            texts[[text.strip() in self.missing for text in texts]] = ""
        lengths = np.array([len(text) or np.nan for text in texts], dtype=np.float64)
        words = np.array([count_words(text) or np.nan for text in texts], dtype=np.float64)
        return [texts, lengths, words]


def read_texts(column: pd.Series) -> np.ndarray:
    """Return strings, empty for missing, as an object array."""
    missing = column.isna().to_numpy()
    texts = np.empty(len(column), dtype=object)
    texts[:] = ["" if gone else _text(value) for value, gone in zip(column.tolist(), missing, strict=True)]
    return texts


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encodable(value)
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
