"""Checks the columns of weights, groups and times."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.tabular.validation.context import Context
from podium_ml.values.dates import DateFormat
from podium_ml.values.hashes import hashable
from podium_ml.values.numbers import read_numbers


def check_special_columns(context: Context) -> None:
    """Refuse unusable columns of weights, groups and times.

    Raises:
        DataError: A weight is missing, negative or not a number; all weights are zero; a time is missing or cannot be
            read; a group is missing; or there is only one time or one group.
    """
    settings, table = context.settings, context.table
    if settings.weight_column:
        check_weights(table[settings.weight_column])
    if settings.time_column:
        _check_times(table[settings.time_column])
    if settings.group_column:
        _check_groups(table[settings.group_column])


def check_weights(values: pd.Series, *, where: str = "") -> None:
    """Refuse weights that are missing, infinite, negative or all zero.

    Args:
        values: The column of weights.
        where: The data in messages, e.g. ``" of the test data"``; empty for the training data.

    Raises:
        DataError: The message names a row.
    """
    weights = read_numbers(values)
    wrong = ~np.isfinite(weights) | (weights < 0)
    if wrong.any():
        raise DataError(
            f"Weight column '{values.name}'{where}: {_first(values, wrong)}, which is not a weight.",
            "Every row needs a weight of at least 0.",
        )
    if not weights.sum() > 0:
        raise DataError(
            f"Weight column '{values.name}'{where} is 0 in every row.", "At least one must be positive."
        )


def _check_times(values: pd.Series) -> None:
    name, missing = values.name, values.isna().to_numpy()
    if missing.any():
        raise DataError(
            f"Time column '{name}' is empty in {int(missing.sum())} of {len(values)} rows.",
            "Fill in these times, or remove the rows.",
        )
    if pd.api.types.is_bool_dtype(values.dtype):
        raise DataError(f"Time column '{name}' holds true and false, not times.", "Choose another column.")
    moments = _moments(values)
    wrong = np.isnan(moments)
    if wrong.all():
        raise DataError(
            f"Time column '{name}' holds no dates or numbers, e.g. '{_short(values.iloc[0])}'.",
            "Write times like 2026-03-01 or 2026-03-01 14:30.",
        )
    if wrong.any():
        raise DataError(
            f"Time column '{name}': {_first(values, wrong)}, which cannot be read as a time"
            f" ({int(wrong.sum())} such rows).",
            "Write all times in one format, or remove the rows.",
        )
    if len(np.unique(moments)) < 2:
        raise DataError(f"Time column '{name}' holds only one time.", "Choose a column with at least two.")


def _check_groups(values: pd.Series) -> None:
    missing = int(values.isna().sum())
    if missing:
        raise DataError(
            f"Group column '{values.name}' is empty in {missing} of {len(values)} rows.",
            "Give every row its group, or remove the rows.",
        )
    if hashable(values).nunique() < 2:
        raise DataError(f"Group column '{values.name}' has only one group.", "At least two are needed.")


def _moments(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return read_numbers(values)
    moments = DateFormat.plan(values).read(values)
    return np.where(np.isnat(moments), np.nan, moments.view(np.int64).astype(np.float64))


def _first(values: pd.Series, wrong: np.ndarray) -> str:
    row = int(wrong.argmax())
    return f"row {row + 1} holds '{_short(values.iloc[row])}'"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
