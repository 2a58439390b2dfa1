"""The encoding for linear models of texts: weighted words and letters as a sparse matrix."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema
from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._inputs import read_strings
from podium_ml.tabular.encoders._terms import TermColumns
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.features import FeatureRows

# Terms have a length of 1 a text; other columns, on a scale of 1, must not drown them.
_OTHERS = 0.2


class TfidfEncoder(Encoder):
    """Terms of each text feature, and the other columns as the one-hot encoding makes them, on a smaller scale."""

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> Any:
        """Learn the terms, and return the training rows, ``TermRows`` of float32."""
        names = self.schema.of_kind("text")
        others = tuple(feature for feature in self.schema.features if feature.kind != "text")
        self.terms_ = [TermColumns(name) for name in names]
        self.others_ = OneHotEncoder(FeatureSchema(others), task=self.task, seed=self.seed)
        parts = [one.fit_transform(_texts(X, one.name)) for one in self.terms_]
        return _joined(
            [*parts, _OTHERS * self.others_.fit_transform(X, y, weight=weight, group=group)], len(X)
        )

    def transform(self, X: pd.DataFrame | FeatureRows) -> Any:
        """Return rows, ``TermRows`` of float32."""
        parts = [one.transform(_texts(X, one.name)) for one in self.terms_]
        return _joined([*parts, _OTHERS * self.others_.transform(X)], len(X))

    def _outputs(self) -> list[Output]:
        return [*(output for one in self.terms_ for output in one.outputs), *self.others_._outputs()]


def _texts(X: pd.DataFrame | FeatureRows, name: str) -> list[str]:
    return [str(value) for value in read_strings(X, name)]


def _joined(parts: list[Any], rows: int) -> Any:
    from scipy.sparse import csr_matrix, hstack

    from podium_ml.tabular.encoders._term_rows import TermRows

    filled = [csr_matrix(part, dtype=np.float32) for part in parts if part.shape[1]]
    return TermRows(hstack(filled, format="csr")) if filled else TermRows((rows, 0), dtype=np.float32)
