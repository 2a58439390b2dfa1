"""Free text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.embeddings import TextEncoder, read_text_encoder
from podium_ml.run.events import emit
from podium_ml.tabular.features._column import Part
from podium_ml.values.plain_text import encodable
from podium_ml.values.words import count_words
from podium_ml.weights.given import seconds_given

_TOO_SLOW = (
    "The pretrained model would take too long for {texts:,} texts, of which it may take {seconds:.0f} s. The models "
    "learn without it. A longer time limit or static vectors help."
)


@dataclass(frozen=True)
class TextColumn:
    """The text, which encoders turn into topics, its length, and its vector by a pretrained model.

    Attributes:
        missing: Texts that stand for missing values.
        encoder: The pretrained model; ``None`` for none.
    """

    missing: frozenset[str] = frozenset()
    encoder: TextEncoder | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Text, number of characters, number of words, and the vector if there is a pretrained model."""
        parts = (
            Part("", "text", "the text, which each model's encoder turns into topics (TF-IDF and SVD)"),
            Part("length", "numeric", "number of characters"),
            Part("words", "numeric", "number of words"),
        )
        how = "vector of the text by a pretrained model"
        return (*parts, Part("vector", "vector", how)) if self.encoder else parts

    def transform(self, column: pd.Series) -> list[Any]:
        """Return strings, two counts, and bytes of vectors; empty or NaN for missing."""
        texts = read_texts(column)
        if self.missing:
            texts[[text.strip() in self.missing for text in texts]] = ""
        lengths = np.array([len(text) or np.nan for text in texts], dtype=np.float64)
        words = np.array([count_words(text) or np.nan for text in texts], dtype=np.float64)
        return [texts, lengths, words, *([_vectors(texts, self.encoder)] if self.encoder else ())]

    def without_encoder(self) -> "TextColumn":
        """Return the same without vectors."""
        return replace(self, encoder=None)


def encoder_in_time(folder: Path, columns: Sequence[pd.Series]) -> TextEncoder | None:
    """Return the pretrained model of a folder, which reads so much of each text as there is time for.

    Args:
        folder: Its weights.
        columns: The columns of texts.
    """
    texts = [text for column in columns for text in read_texts(column)]
    encoder = read_text_encoder(folder)
    found = encoder.within(texts, seconds_given())
    if found is None:
        emit("notice", text=_TOO_SLOW.format(texts=len(texts), seconds=seconds_given()))
    return found


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


def _vectors(texts: np.ndarray, encoder: TextEncoder) -> np.ndarray:
    """Return the vectors as bytes, as features of this kind are stored."""
    found = np.empty(len(texts), dtype=object)
    found[:] = b""
    filled = np.flatnonzero([bool(text.strip()) for text in texts])
    vectors = np.ascontiguousarray(encoder.encode([texts[at] for at in filled]), dtype=np.float32)
    for at, vector in zip(filled, vectors, strict=True):
        found[at] = vector.tobytes()
    return found
