"""What all encoders offer."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from podium_ml.contracts import FeatureSchema
from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._block import Output


class Encoder(BaseEstimator, ABC):  # type: ignore[misc]
    """A scikit-learn transformer of feature tables, fitted on a fold's training rows.

    Args:
        schema: The features of the table.
        task: Kind of problem; says what the target is.
        seed: Seed of everything random.
    """

    def __init__(self, schema: FeatureSchema, *, task: Task, seed: int = 0) -> None:
        self.schema = schema
        self.task = task
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Self:
        """Learn from a fold's training rows.

        Args:
            X: Feature table, shape ``(n, len(schema.features))``.
            y: Class codes or values, shape ``(n,)``.
        """
        self.fit_transform(X, y)
        return self

    @abstractmethod
    def fit_transform(self, X: pd.DataFrame, y: np.ndarray) -> Any:
        """Learn from a fold's training rows and return them encoded, so that none has seen its own target."""

    @abstractmethod
    def transform(self, X: pd.DataFrame) -> Any:
        """Encode rows, shape ``(n, d)``; the columns are the same whatever the rows."""

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the encoded columns, unique, shape ``(d,)``."""
        return np.array([output.name for output in self._outputs()], dtype=object)

    def get_feature_sources(self) -> list[str]:
        """The feature of the table that each encoded column was made from, ``d`` names."""
        return [output.feature for output in self._outputs()]

    @abstractmethod
    def _outputs(self) -> list[Output]:
        """Return what the encoded columns are."""
