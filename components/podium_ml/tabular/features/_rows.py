"""The columns of a table by name, and rows of features as plain arrays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.values.names import composed
from podium_ml.values.plain_columns import plain_column


class Columns(Mapping[str, pd.Series]):
    """The columns of a table by name as text, each as its dtype means; the first of duplicates.

    It does not matter how Unicode composes the names. Levels of the index are columns too, if no column has their name.

    Args:
        table: The table.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.rows = len(table)
        self._table = table = _with_levels(table)
        self._name_of: dict[str, Any] = {}
        for name in table.columns.tolist():
            self._name_of.setdefault(composed(str(name)), name)
        self._known: dict[str, pd.Series] = {}

    def __getitem__(self, name: str) -> pd.Series:
        if name not in self._known:
            found: Any = self._table[self._name_of[composed(name)]]
            self._known[name] = plain_column(found.iloc[:, 0] if isinstance(found, pd.DataFrame) else found)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and composed(name) in self._name_of

    def __iter__(self) -> Iterator[str]:
        return iter(self._name_of)

    def __len__(self) -> int:
        return len(self._name_of)

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns as a table."""
        position = {composed(str(name)): at for at, name in reversed(list(enumerate(self._table.columns)))}
        return self._table.iloc[:, [position[composed(name)] for name in names]].set_axis(list(names), axis=1)

    def or_missing(self, name: str) -> pd.Series:
        """Return a column, or one whose values are all missing if there is none."""
        if name in self:
            return self[name]
        return pd.Series(np.nan, index=self._table.index, dtype=np.float64)


def _with_levels(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose index has no names; its named levels are columns, if no column has their name."""
    levels = [name for name in table.index.names if name is not None and name not in table.columns]
    return table.reset_index(level=levels) if levels and table.columns.nlevels == 1 else table


@dataclass(frozen=True)
class Coded:
    """A categorical feature.

    Attributes:
        codes: Position of each row's category in ``texts``, -1 for missing.
        texts: Distinct categories.
    """

    codes: np.ndarray
    texts: list[str]

    def categorical(self) -> pd.Categorical:
        """Return the feature as a column of a data frame."""
        dtype = pd.CategoricalDtype(pd.Index(self.texts, dtype="str"))
        return pd.Categorical.from_codes(self.codes, dtype=dtype, validate=False)


@dataclass(frozen=True)
class FeatureRows:
    """Rows of features for predictions: what a feature table holds, without the cost of a data frame.

    Attributes:
        columns: By name of the feature: float64 numbers, ``Coded`` categories, or an object array of strings or bytes.
        rows: Number of rows.
    """

    columns: dict[str, Any]
    rows: int

    @classmethod
    def of(cls, X: "pd.DataFrame | FeatureRows") -> "FeatureRows":
        """Return the rows of a feature table."""
        if isinstance(X, FeatureRows):
            return X
        return cls({str(name): _plain(column) for name, column in X.items()}, len(X))

    def __len__(self) -> int:
        return self.rows

    def frame(self) -> pd.DataFrame:
        """Return the rows as a feature table."""
        made = {name: _column(values) for name, values in self.columns.items()}
        # One block for all numbers is quicker if there are many columns, and costs a copy.
        return pd.DataFrame(made, index=pd.RangeIndex(self.rows), copy=len(made) > self.rows)


def _column(values: Any) -> Any:
    if isinstance(values, Coded):
        return values.categorical()
    if values.dtype == object and len(values) and isinstance(values[0], bytes):
        return pd.Series(values, dtype=object)
    return (
        pd.array(values, dtype="string") if values.dtype == object else np.asarray(values, dtype=np.float64)
    )


def _plain(column: pd.Series) -> Any:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Coded(column.array.codes, column.array.categories.tolist())
    return (
        column.to_numpy()
        if isinstance(column.dtype, np.dtype)
        else column.to_numpy(dtype=object, na_value="")
    )
