"""The encoding for algorithms that know categories and missing values themselves."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.encoders._block import Output
from podium_ml.encoders._encoder import Encoder
from podium_ml.encoders._inputs import Inputs, read_inputs
from podium_ml.encoders._levels import Levels
from podium_ml.encoders._texts import TextColumns


class NativeEncoder(Encoder):
    """A data frame: float32 numbers, ``category`` columns with the training rows' levels, text as topics and scores.

    Missing values and levels that fitting never saw are NaN.
    """

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray) -> pd.DataFrame:
        """Learn levels, topics and scores, and return the training rows."""
        self.levels_ = Levels(self.schema.of_kind("categorical")).fit(X)
        self.dtypes_ = [pd.CategoricalDtype(list(codes)) for codes in self.levels_.codes_by_level]
        self.texts_ = TextColumns(self.schema.of_kind("text"), task=self.task, seed=self.seed)
        inputs = read_inputs(X, self.schema, self.levels_)
        return self._frame(inputs, self.texts_.fit_transform(inputs, y), X.index)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows; the frame has the same columns and levels whatever the rows."""
        inputs = read_inputs(X, self.schema, self.levels_)
        return self._frame(inputs, self.texts_.transform(inputs), X.index)

    def _outputs(self) -> list[Output]:
        plain = self.schema.of_kind("numeric") + self.schema.of_kind("categorical")
        return [Output(name, name) for name in plain] + list(self.texts_.outputs)

    def _frame(self, inputs: Inputs, texts: np.ndarray, index: pd.Index) -> pd.DataFrame:
        columns: dict[str, Any] = dict(zip(self.schema.of_kind("numeric"), inputs.numbers.T, strict=True))
        codes = np.maximum(inputs.codes, -1).T
        for name, dtype, values in zip(self.levels_.names, self.dtypes_, codes, strict=True):
            columns[name] = pd.Categorical.from_codes(values, dtype=dtype, validate=False)
        columns |= zip((output.name for output in self.texts_.outputs), texts.T, strict=True)
        return pd.DataFrame(columns, index=index)
