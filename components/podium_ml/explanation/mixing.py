"""Rows that combine the columns of different rows.

All features of a column move together, and no row is featurized again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from podium_ml.contracts import FeatureSchema

# Maximum cells of a feature table to predict at once; more would only cost memory.
MOST_CELLS = 2_000_000


def features_by_column(schema: FeatureSchema) -> dict[str, list[str]]:
    """Return the names of the features that were built from each of the user's columns, without keys."""
    made: dict[str, list[str]] = {}
    for feature in schema.features:
        if feature.key:
            continue
        made.setdefault(feature.source, []).append(feature.name)
    return made


def cells_of_row(X: pd.DataFrame) -> int:
    """Return how many cells of numbers a row of features takes when it is predicted; pictures take many."""
    packed = [column for _, column in X.items() if column.dtype == object]
    return max(1, X.shape[1] + sum(len(column.iloc[0]) for column in packed if len(column)))


def mix(X: pd.DataFrame, rows: np.ndarray, *, features_of: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return new rows that combine columns from different rows.

    Args:
        X: Features, shape ``(n, d)``.
        rows: Source row of each column of each new row, shape ``(m, len(features_of))``.
        features_of: Names of each column's features.
    """
    belongs = {name: at for at, names in enumerate(features_of) for name in names}
    parts = [_gather(part, rows[:, [belongs[name] for name in part.columns]]) for part in _by_dtype(X)]
    return parts[0] if len(parts) == 1 else pd.concat(parts, axis=1)[X.columns]


def shuffled(
    X: pd.DataFrame, blocks: Sequence[np.ndarray], order: np.ndarray, *, features_of: Sequence[Sequence[str]]
) -> pd.DataFrame:
    """Return one copy of the rows per block, with the columns of the block taken from rows in another order.

    One large table is predicted in one call: calls are slow, rows are fast.

    Args:
        X: Features, shape ``(n, d)``.
        blocks: Positions of the columns to shuffle together, one array per copy.
        order: Row that each row gets the columns of the block from, shape ``(n,)``.
        features_of: Names of each column's features.
    """
    n = len(X)
    sources = np.tile(np.arange(n)[:, None], (len(blocks), len(features_of)))
    for at, block in enumerate(blocks):
        sources[at * n : (at + 1) * n, block] = order[:, None]
    return mix(X, sources, features_of=features_of)


def stack(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate feature tables with equal columns; categories are united."""
    parts = list(tables)
    return pd.DataFrame({name: _joined([part[name] for part in parts]) for name in parts[0].columns})


def _by_dtype(X: pd.DataFrame) -> list[pd.DataFrame]:
    """Split a table into one part per numeric type and one part for each other column."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for name, dtype in zip(X.columns, X.dtypes, strict=True):
        kind = (dtype.str, "") if isinstance(dtype, np.dtype) else ("", name)
        kinds.setdefault(kind, []).append(name)
    return [X[names] for names in kinds.values()]


def _gather(part: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Return each column's cells from its given rows; numbers in one step, for tables of thousands of columns."""
    if isinstance(part.dtypes.iloc[0], np.dtype):
        return pd.DataFrame(np.take_along_axis(part.to_numpy(), rows, axis=0), columns=part.columns)
    return pd.DataFrame({name: part[name].array.take(rows[:, 0]) for name in part.columns})


def _joined(columns: list[pd.Series]) -> Any:
    if isinstance(columns[0].dtype, pd.CategoricalDtype):
        return union_categoricals([column.array for column in columns])
    return pd.concat(columns, ignore_index=True).array
