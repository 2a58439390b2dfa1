"""The interface of all encoders."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from podium_ml.contracts import FeatureSchema
from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.features import FeatureRows


class Encoder(BaseEstimator, ABC):  # type: ignore[misc]
    """A scikit-learn transformer of feature tables, fitted on a fold's training rows.

    Args:
        schema: Features of the table.
        task: Kind of problem, which defines the type of the target.
        seed: Random seed.
    """

    def __init__(self, schema: FeatureSchema, *, task: Task, seed: int = 0) -> None:
        self.schema = schema
        self.task = task
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Self:
        """Fit on a fold's training rows.

        Args:
            X: Feature table, shape ``(n, len(schema.features))``.
            y: Class codes or values, shape ``(n,)``.
        """
        self.fit_transform(X, y)
        return self

    @abstractmethod
    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> Any:
        """Fit on a fold's training rows and return them encoded, so that no row has seen its own target.

        Args:
            X: Feature table, shape ``(n, len(schema.features))``.
            y: Class codes or values, shape ``(n,)``.
            weight: Weights of the rows, or ``None``.
            group: Group codes, or ``None``; no row sees the targets of its group either.
        """

    @abstractmethod
    def transform(self, X: pd.DataFrame | FeatureRows) -> Any:
        """Encode rows, shape ``(n, d)``; the columns do not depend on the rows.

        Args:
            X: A feature table, which is encoded like the training rows; or ``FeatureRows``, which become float32, with
                categories as codes and NaN for missing. All fitted estimators read both.
        """

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the unique names of the encoded columns, shape ``(d,)``."""
        return np.array([output.name for output in self._outputs()], dtype=object)

    def get_feature_sources(self) -> list[str]:
        """Return the source feature of each encoded column, ``d`` names."""
        return [output.feature for output in self._outputs()]

    @abstractmethod
    def _outputs(self) -> list[Output]:
        """Return descriptions of the encoded columns."""
