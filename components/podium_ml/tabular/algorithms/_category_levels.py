"""The categories of a data frame that an estimator was fitted on, to read matrices with their codes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class CategoryLevels:
    """Categories by position of their column.

    Attributes:
        texts: Categories in the order of their codes, each as an object array.
    """

    texts: dict[int, np.ndarray]

    @classmethod
    def of(cls, X: Any) -> "CategoryLevels":
        """Return the categories of a data frame; a matrix has none."""
        if not isinstance(X, pd.DataFrame):
            return cls({})
        return cls(
            {
                at: np.array(dtype.categories.tolist(), dtype=object)
                for at, dtype in enumerate(X.dtypes)
                if isinstance(dtype, pd.CategoricalDtype)
            }
        )

    @staticmethod
    def codes(column: np.ndarray) -> np.ndarray:
        """Return a matrix's column of codes as integers, -1 for missing."""
        return np.where(np.isnan(column), -1, column).astype(np.int64)

    def objects(self, X: np.ndarray, *, missing: str) -> np.ndarray:
        """Return a matrix of numbers and texts; quick for few rows."""
        result = X.astype(object)
        for at, texts in self.texts.items():
            result[:, at] = np.append(texts, missing)[self.codes(X[:, at])]
        return result

    def frame(self, X: np.ndarray) -> pd.DataFrame:
        """Return a data frame with numbered columns, like the one of these categories."""
        columns: dict[str, Any] = {f"feature_{at}": column for at, column in enumerate(X.T)}
        for at, texts in self.texts.items():
            dtype = pd.CategoricalDtype(texts.tolist())
            columns[f"feature_{at}"] = pd.Categorical.from_codes(
                self.codes(X[:, at]), dtype=dtype, validate=False
            )
        return pd.DataFrame(columns)
