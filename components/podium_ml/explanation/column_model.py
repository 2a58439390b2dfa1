"""The chosen model as a function of the user's columns."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from podium_ml.explanation.mixing import MOST_CELLS, cells_of_row, features_by_column, mix
from podium_ml.targets import target_of

if TYPE_CHECKING:
    from podium_ml.kinds import Predictor


class ColumnModel:
    """A predictor whose features are grouped by their source column.

    Explanations shuffle or replace the values of a column. They change all features of the column at once, so that rows
    are featurized only once.

    Args:
        predictor: The model.

    Attributes:
        columns: The user's columns that have features, in the order of their table.
        features_of: Names of each column's features, by position in ``columns``.
    """

    def __init__(self, predictor: "Predictor") -> None:
        self.predictor = predictor
        self.problem, self.target = predictor.problem, target_of(predictor.problem)
        made = features_by_column(predictor.featurizer.schema)
        self.columns = [column.name for column in self.problem.features if column.name in made]
        self.features_of = [made[column] for column in self.columns]

    @property
    def n_outputs(self) -> int:
        """Number of classes or labels, or 1 for values."""
        return self.problem.n_outputs

    def features(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the features of raw rows."""
        return self.predictor.featurizer.transform(self.predictor.check_schema(table))

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the model's predictions: class probabilities or values, shape ``(n, n_outputs)``."""
        step = max(1, MOST_CELLS // cells_of_row(X))
        parts = [
            self._predict(X.iloc[start : start + step].reset_index(drop=True))
            for start in range(0, len(X), step)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.n_outputs))

    def predict_uncalibrated(self, X: pd.DataFrame) -> np.ndarray:
        """Return the predictions before calibration, shape ``(n, n_outputs)``."""
        return self.predictor.model.predict_raw(X).reshape(len(X), self.n_outputs)

    def codes(self, predictions: np.ndarray) -> np.ndarray:
        """Return the code of the output that represents each prediction, e.g. the predicted class, shape ``(n,)``."""
        return self.target.main_output(self.target.raw(predictions), self.predictor.threshold)

    def decisions(self, predictions: np.ndarray) -> np.ndarray:
        """Return the decisions that follow from predictions, encoded like the targets."""
        return self.target.decide(self.target.raw(predictions), self.predictor.threshold)

    def output_name(self, output: int) -> str:
        """Return the class or label that an output is the probability of; empty for values."""
        return self.target.outputs(self.problem)[output]

    def show(self, encoded: np.ndarray) -> str:
        """Return one encoded target in a form for users."""
        return self.target.text(self.target.decode(encoded[None], self.problem)[0])

    def _predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.predictor.predict_features(X).reshape(len(X), self.n_outputs)

    def mixed(self, X: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
        """Return new rows that combine columns from different rows; see ``mix``."""
        return mix(X, rows, features_of=self.features_of)
