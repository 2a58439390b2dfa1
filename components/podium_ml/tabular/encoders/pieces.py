"""The encoding for pretrained networks that are trained further: word pieces as the network knows them."""

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema
from podium_ml.embeddings.sentences import longest_text
from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._inputs import read_strings
from podium_ml.tabular.encoders._word_rows import WordRows
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.features import FeatureRows
from podium_ml.weights import given

_MOST, _FEWEST, _SHARE = 192, 8, 95


class PiecesEncoder(Encoder):
    """Numbers of word pieces, each one greater than the network's, and the other columns as numbers.

    The texts of several columns follow each other, and together have as many pieces as 95 of 100 training rows have.
    """

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> WordRows:
        """Read the tokenizer of the weights that the task was given, and return the training rows."""
        folder = given("encoder")
        self.pieces_ = WordPieces.read(folder)
        self.names_ = self.schema.of_kind("text")
        self.length_ = min(_MOST, longest_text(folder))
        others = tuple(feature for feature in self.schema.features if feature.kind != "text")
        self.others_ = OneHotEncoder(FeatureSchema(others), task=self.task, seed=self.seed)
        rows = self._rows(X, self.others_.fit_transform(X, y, weight=weight, group=group))
        used = np.percentile((rows.words > 0).sum(axis=1), _SHARE) if len(rows) else _FEWEST
        self.length_ = int(np.clip(used, _FEWEST, self.length_))
        return WordRows(rows.words[:, : self.length_], rows.others, rows.codes)

    def transform(self, X: pd.DataFrame | FeatureRows) -> WordRows:
        """Return rows."""
        return self._rows(X, self.others_.transform(X))

    def _outputs(self) -> list[Output]:
        return [*(Output(f"{name}__pieces", name) for name in self.names_), *self.others_._outputs()]

    def _rows(self, X: pd.DataFrame | FeatureRows, others: np.ndarray) -> WordRows:
        columns = [read_strings(X, name) for name in self.names_]
        texts = ["\n".join(str(text) for text in row if text) for row in zip(*columns, strict=True)]
        words = np.zeros((len(texts), self.length_), dtype=np.int32)
        for row, one in enumerate(self.pieces_.split(texts, self.length_)):
            words[row, : len(one.ids)] = np.asarray(one.ids, dtype=np.int32) + 1
        return WordRows(words, others, 0)
