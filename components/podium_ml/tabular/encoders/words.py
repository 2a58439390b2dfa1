"""The encoding for networks of words: the words of texts in their order, and the other columns as numbers."""

import re
from collections import Counter

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema
from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._inputs import read_strings
from podium_ml.tabular.encoders._word_rows import WordRows
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.features import FeatureRows
from podium_ml.values.text_words import WORD, is_dense

_WORD = re.compile(WORD)
_MOST_CODES, _FEWEST = 20_000, 2
# Words of a row in all texts; as many as nine in ten texts have.
_MOST_WORDS, _SHARE = 256, 90
_BESIDE, _FEW_TEXTS = 2, 300


class WordsEncoder(Encoder):
    """Codes of words, and the other columns as the one-hot encoding makes them. Rare words have one code together."""

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> WordRows:
        """Learn the words, and return the training rows."""
        self.names_ = self.schema.of_kind("text")
        columns = [read_strings(X, name) for name in self.names_]
        self.dense_ = [is_dense([str(text) for text in column]) for column in columns]
        split = self._split(X)
        counts = Counter(word for row in split for words in row for word in words)
        fewest = _FEWEST if len(X) >= _FEW_TEXTS else 1
        frequent = [word for word, count in counts.most_common(_MOST_CODES) if count >= fewest]
        self.codes_ = {word: code for code, word in enumerate(sorted(frequent), start=_BESIDE)}
        lengths = [sum(map(len, row)) for row in split]
        self.length_ = int(np.clip(np.percentile(lengths or [1], _SHARE), 8, _MOST_WORDS))
        others = tuple(feature for feature in self.schema.features if feature.kind != "text")
        self.others_ = OneHotEncoder(FeatureSchema(others), task=self.task, seed=self.seed)
        return self._rows(split, self.others_.fit_transform(X, y, weight=weight, group=group))

    def transform(self, X: pd.DataFrame | FeatureRows) -> WordRows:
        """Return rows."""
        return self._rows(self._split(X), self.others_.transform(X))

    def _outputs(self) -> list[Output]:
        return [*(Output(f"{name}__words", name) for name in self.names_), *self.others_._outputs()]

    def _split(self, X: pd.DataFrame | FeatureRows) -> list[list[list[str]]]:
        """Return the words of each text of each row."""
        columns = [
            [
                list(text) if dense else _WORD.findall(text)
                for text in map(str.lower, map(str, read_strings(X, name)))
            ]
            for name, dense in zip(self.names_, self.dense_, strict=True)
        ]
        return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(len(X))]

    def _rows(self, split: list[list[list[str]]], others: np.ndarray) -> WordRows:
        words = np.zeros((len(split), self.length_), dtype=np.int32)
        for at, row in enumerate(split):
            codes = [self.codes_.get(word, 1) for text in row for word in text][: self.length_]
            words[at, : len(codes)] = codes
        return WordRows(words, others, len(self.codes_) + _BESIDE)
