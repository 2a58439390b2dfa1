"""The feature table of the training rows."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.featurization._dates import DateFormat
from podium_ml.featurization._numbers import read_numbers
from podium_ml.featurization._plain_text import plain_texts
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.featurization.featurizer import Featurizer


def build_feature_table(featurizer: Featurizer, table: pd.DataFrame, problem: Problem) -> FeatureTable:
    """Make what every algorithm learns from.

    Args:
        featurizer: Was planned on these rows, or on rows like them.
        table: Rows with the user's columns and the target.
        problem: Says which columns are target, weight, group and time.
    """
    from podium_ml.validation.targets import encode_target

    return FeatureTable(
        X=featurizer.transform(table),
        y=encode_target(table[problem.target], problem),
        schema=featurizer.schema,
        weight=_of(table, problem.weight_column, _read_weights),
        group=_of(table, problem.group_column, _read_groups),
        time=_of(table, problem.time_column, _read_times),
    )


def _of(table: pd.DataFrame, name: str | None, read: Any) -> np.ndarray | None:
    return None if name is None else read(table[name])


def _read_weights(column: pd.Series) -> np.ndarray:
    """Return weights; a missing or negative one counts for nothing."""
    return np.nan_to_num(np.clip(read_numbers(column), 0, None))


def _read_groups(column: pd.Series) -> np.ndarray:
    """Return group codes; rows without group are a group each, for nothing ties them together."""
    codes = plain_texts(column)[0]
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def _read_times(column: pd.Series) -> np.ndarray:
    """Return the rank of each row's time, rows without time first."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        times = np.nan_to_num(read_numbers(column), nan=-np.inf)
    else:
        times = DateFormat.plan(column).read(column).view(np.int64)  # NaT is the least integer
    return np.unique(times, return_inverse=True)[1].astype(np.int64)
