"""Groups of columns that carry similar information (clustered by rank correlation; Spearman, 1904)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

# Columns whose rank correlation is at least this belong together.
_RELATED = 0.7
_MAX_ROWS, _MAX_COLUMNS = 1000, 300
# Categories stand for themselves one by one; rarer ones than this share correlate by chance.
_MAX_LEVELS, _LEAST_SHARE = 8, 0.02


def related_columns(X: pd.DataFrame, features_of: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return positions of the columns of each group of at least two, largest group first.

    Two columns are as similar as their most similar features. Groups are merged while the average similarity of their
    columns is high enough (average linkage).

    Args:
        X: Features of some rows, shape ``(n, d)``.
        features_of: Names of each column's features, the most important columns first if there are many.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    few = X.head(_MAX_ROWS)
    ranked = [_ranks(few, names) for names in features_of[:_MAX_COLUMNS]]
    used = [at for at, ranks in enumerate(ranked) if ranks.shape[1]]
    if len(used) < 2:
        return []
    similarity = _similarities([ranked[at] for at in used])
    distances = squareform(np.clip(1 - similarity, 0, 1), checks=False)
    clusters = fcluster(linkage(distances, "average"), 1 - _RELATED, criterion="distance")
    groups = [np.array(used)[clusters == cluster] for cluster in np.unique(clusters)]
    return sorted((group for group in groups if len(group) > 1), key=lambda group: (-len(group), group[0]))


def _similarities(ranked: list[np.ndarray]) -> np.ndarray:
    """Return the largest absolute correlation between the features of each two columns."""
    every = np.concatenate(ranked, axis=1)
    correlation = np.abs(every.T @ every)
    starts = np.cumsum([0, *(ranks.shape[1] for ranks in ranked)])[:-1]
    by_row = np.maximum.reduceat(correlation, starts, axis=0)
    similarity = np.maximum.reduceat(by_row, starts, axis=1)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def _ranks(X: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return the ranks of a column's features, scaled to length 1, shape ``(n, r)``; text has none."""
    found = []
    for name in names:
        values = X[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            found += _levels(values)
        elif pd.api.types.is_numeric_dtype(values.dtype):
            ranks = values.rank().to_numpy(dtype=np.float64, na_value=np.nan)
            found.append(np.where(np.isnan(ranks), np.nanmean(ranks) if values.notna().any() else 0.0, ranks))
    centred = [ranks - ranks.mean() for ranks in found]
    scaled = [ranks / np.linalg.norm(ranks) for ranks in centred if np.linalg.norm(ranks) > 1e-9]
    return np.column_stack(scaled) if scaled else np.empty((len(X), 0))


def _levels(values: pd.Series) -> list[np.ndarray]:
    counts = values.value_counts()
    frequent = counts[counts >= _LEAST_SHARE * len(values)].index[:_MAX_LEVELS]
    return [(values == level).to_numpy(dtype=np.float64) for level in frequent]
