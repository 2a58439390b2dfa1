"""The table that all algorithms learn from, on disk and in memory."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from podium_ml.contracts.feature_schema import FeatureSchema
from podium_ml.contracts.targets import Targets, load_arrays
from podium_ml.files.tables import read_table

_NAMES = "names.json"


@dataclass(frozen=True, kw_only=True)
class FeatureTable(Targets):
    """Features and targets of the training rows.

    Attributes:
        X: Features, one column per ``Feature`` of the schema, RangeIndex, shape ``(n, d)``.
        schema: Description of the columns of ``X``.
        names: What rows are called, such as the files of pictures; empty if they have no names.
    """

    X: pd.DataFrame
    schema: FeatureSchema
    names: tuple[str, ...] = ()

    def save(self, folder: str | Path) -> None:
        """Write the table into a new folder: Parquet for the features, NumPy files for the targets."""
        super().save(folder)
        self.X.to_parquet(Path(folder) / "X.parquet", index=False)
        self.schema.save(Path(folder) / "schema.json")
        (Path(folder) / _NAMES).write_text(json.dumps(self.names), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> "FeatureTable":
        """Read a table that ``save`` wrote. To read only the targets, use ``Targets.load`` on the same folder."""
        source = Path(folder)
        schema = FeatureSchema.load(source / "schema.json")
        X = read_table(source / "X.parquet")
        for name in schema.of_kind("categorical"):
            X[name] = X[name].astype("category")
        return cls(X=X, schema=schema, names=load_names(source), **load_arrays(source))


def load_names(folder: str | Path) -> tuple[str, ...]:
    """Return what the rows of a table are called, without reading the table."""
    path = Path(folder) / _NAMES
    return tuple(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()
