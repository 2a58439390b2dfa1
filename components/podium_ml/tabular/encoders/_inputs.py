"""The feature table as plain arrays for encoding blocks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema
from podium_ml.tabular.encoders._levels import Levels
from podium_ml.tabular.features import FeatureRows

# float32 overflows at 3.4e38; squares and sums of clipped values still fit into float64.
LARGEST = 1e30


@dataclass(frozen=True)
class Inputs:
    """A feature table, split by kind of feature.

    Attributes:
        numbers: Numeric features, float32, NaN for missing, never infinite, shape ``(n, p)``.
        codes: Level codes of the categorical features, int32, shape ``(n, c)``; see ``Levels``.
        texts: One array of ``n`` strings for each text feature.
        vectors: One float32 matrix with ``n`` rows for each vector feature; NaN for missing.
        weight: Weights of training rows, shape ``(n,)``, or ``None``.
        group: Groups of training rows, whose targets must not tell on each other, shape ``(n,)``, or ``None``.
    """

    numbers: np.ndarray
    codes: np.ndarray
    texts: tuple[np.ndarray, ...]
    vectors: tuple[np.ndarray, ...] = ()
    weight: np.ndarray | None = None
    group: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.numbers)


def read_inputs(X: pd.DataFrame | FeatureRows, schema: FeatureSchema, levels: Levels) -> Inputs:
    """Split features by kind; ``levels`` must have been fitted."""
    texts = tuple(read_strings(X, name) for name in schema.of_kind("text"))
    vectors = tuple(read_vectors(_objects(X, name)) for name in schema.of_kind("vector"))
    return Inputs(read_numbers(X, schema.of_kind("numeric")), levels.codes(X), texts, vectors)


def read_numbers(X: pd.DataFrame | FeatureRows, names: list[str]) -> np.ndarray:
    """Return columns as float32, shape ``(n, len(names))``; values beyond 1e30 are clipped."""
    # One column after the other: further copies of all columns would take most of a large run's memory.
    numbers = np.empty((len(X), len(names)), dtype=np.float32, order="F")
    with np.errstate(over="ignore"):  # What is too large for float32 is clipped.
        for at, name in enumerate(names):
            numbers[:, at] = X.columns[name] if isinstance(X, FeatureRows) else _floats(X[name])
    return np.clip(numbers, -LARGEST, LARGEST, out=numbers)


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def read_strings(X: pd.DataFrame | FeatureRows, name: str) -> np.ndarray:
    """Return a text feature, empty for missing, shape ``(n,)``."""
    return X.columns[name] if isinstance(X, FeatureRows) else X[name].to_numpy(dtype=object, na_value="")


def _objects(X: pd.DataFrame | FeatureRows, name: str) -> np.ndarray:
    return X.columns[name] if isinstance(X, FeatureRows) else X[name].to_numpy()


def read_vectors(rows: np.ndarray) -> np.ndarray:
    """Return vectors that are stored as bytes, float32, shape ``(n, d)``; NaN for missing ones."""
    size = max(map(len, rows), default=0)
    gone = np.full(size // 4, np.nan, dtype=np.float32).tobytes()
    joined = b"".join(row if len(row) == size else gone for row in rows)
    return np.frombuffer(joined, dtype=np.float32).reshape(len(rows), size // 4)
