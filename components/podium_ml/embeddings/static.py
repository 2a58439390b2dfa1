"""Static vectors: the mean of the vectors of a text's word pieces (Tulkens and van Dongen 2024, Model2Vec)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.errors import SettingsError
from podium_ml.weights.tensors import read_tensors

_MOST_TOKENS, _TEXTS_AT_ONCE = 512, 1_000
_LARGEST_CODE = 127
_NO_LENGTH = 1e-9


class StaticEncoder:
    """Encodes texts as the mean of vectors, of length 1.

    Vectors are kept as whole numbers from -127 to 127 with a scale each, a quarter of the size.

    Args:
        pieces: Splits texts.
        vectors: The vector of each piece, shape ``(v, d)``.
    """

    quick = True

    def __init__(self, pieces: WordPieces, vectors: np.ndarray) -> None:
        self.pieces, self.width = pieces, int(vectors.shape[1])
        largest = np.abs(vectors).max(axis=1, keepdims=True).astype(np.float32)
        self.scales = np.maximum(largest, _NO_LENGTH) / _LARGEST_CODE
        self.codes = np.round(vectors / self.scales).astype(np.int8)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read vectors and tokenizer from a folder of weights.

        Raises:
            SettingsError: The folder holds no vectors of word pieces, or no tokenizer.
        """
        matrices = [array for array in read_tensors(folder).values() if array.ndim == 2]
        if len(matrices) != 1:
            raise SettingsError(
                f"encoder: the weights hold {len(matrices)} tables of vectors, not one.",
                "Name static vectors, or a model with a config.json.",
            )
        return cls(WordPieces.read(folder), np.asarray(matrices[0], dtype=np.float32))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, float32, shape ``(n, width)``; zeros for texts without known pieces."""
        parts = [
            self._encode(texts[start : start + _TEXTS_AT_ONCE])
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.width), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        ids = [
            np.asarray(one.ids, dtype=np.int64) for one in self.pieces.split(texts, _MOST_TOKENS, marks=False)
        ]
        counts = np.array([len(one) for one in ids])
        joined = np.concatenate(ids) if counts.sum() else np.zeros(0, dtype=np.int64)
        joined = np.where(joined < len(self.codes), joined, 0)
        vectors = self.codes[joined] * self.scales[joined]
        sums = np.zeros((len(texts), self.width), dtype=np.float32)
        filled = np.flatnonzero(counts)
        if len(filled):
            starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
            sums[filled] = np.add.reduceat(vectors, starts[filled], axis=0)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _NO_LENGTH)

    def within(self, texts: Sequence[str], seconds: float) -> "StaticEncoder":
        """Return an encoder that encodes texts in some seconds: itself, because it is quick."""
        return self
