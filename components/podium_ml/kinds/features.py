"""Features and targets of rows, whatever the kind of problem."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds._kind import Featurizer
from podium_ml.kinds._registry import KINDS
from podium_ml.targets import target_of
from podium_ml.values.row_roles import read_groups, read_times, read_weights


def build_feature_table(featurizer: Featurizer, table: pd.DataFrame, problem: Problem) -> FeatureTable:
    """Make what every algorithm learns from.

    Args:
        featurizer: Was planned on these rows, or on rows like them.
        table: Rows with the user's columns and the target.
        problem: Says which columns are target, weight, group and time.
    """
    return FeatureTable(
        X=featurizer.transform(table),
        schema=featurizer.schema,
        y=target_of(problem).encode_rows(table, problem),
        weight=_read(table, problem.weight_column, read_weights),
        group=_groups(table, problem),
        time=_read(table, problem.time_column, read_times),
        names=KINDS[problem.kind].row_names(table, problem),
    )


def _groups(table: pd.DataFrame, problem: Problem) -> np.ndarray | None:
    """Return the user's groups. Without any, rows that belong together are groups, such as copies."""
    if problem.group_column:
        return _read(table, problem.group_column, read_groups)
    return KINDS[problem.kind].related_rows(table, problem)


def _read(
    table: pd.DataFrame, name: str | None, read: Callable[[pd.Series], np.ndarray]
) -> np.ndarray | None:
    return None if name is None else read(table[name])
