"""The table that all algorithms learn from, on disk and in memory."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from podium_ml.contracts.feature_schema import FeatureSchema
from podium_ml.contracts.targets import Targets, load_arrays


@dataclass(frozen=True, kw_only=True)
class FeatureTable(Targets):
    """Features and targets of the training rows.

    Attributes:
        X: Features, one column per ``Feature`` of the schema, RangeIndex, shape ``(n, d)``.
        schema: Description of the columns of ``X``.
    """

    X: pd.DataFrame
    schema: FeatureSchema

    def save(self, folder: str | Path) -> None:
        """Write the table into a new folder: Parquet for the features, NumPy files for the targets."""
        super().save(folder)
        self.X.to_parquet(Path(folder) / "X.parquet", index=False)
        self.schema.save(Path(folder) / "schema.json")

    @classmethod
    def load(cls, folder: str | Path) -> "FeatureTable":
        """Read a table that ``save`` wrote. To read only the targets, use ``Targets.load`` on the same folder."""
        source = Path(folder)
        schema = FeatureSchema.load(source / "schema.json")
        X = pd.read_parquet(source / "X.parquet")
        for name in schema.of_kind("categorical"):
            X[name] = X[name].astype("category")
        return cls(X=X, schema=schema, **load_arrays(source))
