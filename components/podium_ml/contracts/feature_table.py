"""The table that every algorithm learns from, on disk and in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema


@dataclass(frozen=True)
class FeatureTable:
    """Features and target of the training rows.

    Attributes:
        X: Features, one column a ``Feature`` of the schema, RangeIndex, shape ``(n, d)``.
        y: Class codes ``0 .. K-1`` (int64) or values (float64), shape ``(n,)``.
        schema: What each column of ``X`` is.
        weight: Sample weights, shape ``(n,)``, or ``None``.
        group: Group codes (int64), shape ``(n,)``, or ``None``.
        time: Times as sortable int64, shape ``(n,)``, or ``None``.
    """

    X: pd.DataFrame
    y: np.ndarray
    schema: FeatureSchema
    weight: np.ndarray | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None

    def save(self, folder: str | Path) -> None:
        """Write the table into a new folder: Parquet for the features, NumPy files for the rest."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        self.X.to_parquet(target / "X.parquet", index=False)
        self.schema.save(target / "schema.json")
        for name in ("y", "weight", "group", "time"):
            if (values := getattr(self, name)) is not None:
                np.save(target / f"{name}.npy", values, allow_pickle=False)

    @classmethod
    def load(cls, folder: str | Path) -> "FeatureTable":
        """Read a table that ``save`` wrote."""
        source = Path(folder)
        schema = FeatureSchema.load(source / "schema.json")
        X = pd.read_parquet(source / "X.parquet")
        for name in schema.of_kind("categorical"):
            X[name] = X[name].astype("category")
        rest = {
            name: np.load(path, allow_pickle=False) if (path := source / f"{name}.npy").exists() else None
            for name in ("y", "weight", "group", "time")
        }
        return cls(X=X, schema=schema, **rest)  # type: ignore[arg-type]
