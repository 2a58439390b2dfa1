"""The feature table of the training rows."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.tabular.features.featurizer import Featurizer
from podium_ml.values.row_roles import read_groups, read_times, read_weights


def build_feature_table(featurizer: Featurizer, table: pd.DataFrame, problem: Problem) -> FeatureTable:
    """Make what every algorithm learns from.

    Args:
        featurizer: Was planned on these rows, or on rows like them.
        table: Rows with the user's columns and the target.
        problem: Says which columns are target, weight, group and time.
    """
    from podium_ml.targets.encoding import encode_target

    return FeatureTable(
        X=featurizer.transform(table),
        y=encode_target(table[problem.target], problem),
        schema=featurizer.schema,
        weight=_of(table, problem.weight_column, read_weights),
        group=_of(table, problem.group_column, read_groups),
        time=_of(table, problem.time_column, read_times),
    )


def _of(table: pd.DataFrame, name: str | None, read: Any) -> np.ndarray | None:
    return None if name is None else read(table[name])
