"""The interface for making features from one column."""

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from podium_ml.contracts.feature_schema import Kind


@dataclass(frozen=True)
class Part:
    """One feature of a column.

    Attributes:
        suffix: Suffix that is added to the column's name, e.g. ``"year"``; empty if the feature is the column itself.
        kind: Kind of feature.
        how: How the feature is made, worded for the user.
    """

    suffix: str
    kind: Kind
    how: str


class ColumnFeatures(Protocol):
    """Makes the features of one column, row by row; small and picklable."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The features that it makes."""
        ...

    def transform(self, column: pd.Series) -> list[Any]:
        """Return one array per part: float64, ``Coded`` categories, or object array of strings."""
        ...
