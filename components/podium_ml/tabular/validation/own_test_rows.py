"""Checks the user's own test rows and converts them to the form of the training table."""

from typing import NoReturn

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.tabular.validation.column_readings import read_columns
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.special_columns import check_weights
from podium_ml.tabular.validation.target_columns import gather_target, target_columns, without_cancelled
from podium_ml.values.labels import canonical, distinct_labels
from podium_ml.values.readings import numbers_of

_SHOWN = 5
# If more of the numbers cannot be read, the test data writes them in another way.
_MOST_LOST = 0.05


def align_test(context: Context) -> None:
    """Check the user's test rows against the labelled rows, and give them the same columns and types.

    Columns that are not in the training data are left out. Missing columns are filled with missing values.

    Raises:
        DataError: The target is missing or cannot be read, a column holds other values than in the training data, or no
            row is left.
    """
    test, target = context.test, context.settings.target
    if test is None:
        return
    if missing := [
        name for name in target_columns(list(map(str, test.columns)), context.settings) if name not in test
    ]:
        _refuse(missing)
    test, _ = without_cancelled(test, context.settings)
    lists = context.target_type == "label_sets"
    test, _ = gather_target(test, context.settings, lists=lists, separator=context.label_separator)
    test = test[test[target].notna()].reset_index(drop=True)
    if context.settings.unite_labels:
        test = test.assign(**{target: context.spellings.unite(test[target])})
    if not len(test):
        raise DataError(f"The test data has no row with a value for '{target}'.", "Give labelled test rows.")
    test = read_columns(test, context.columns, target_role=_target_role(context))
    _check_numbers(context, test)
    if context.target_type == "values":
        _check_target_numbers(test[target], context)
    aligned = {str(name): _align(context.table[name], test.get(name), len(test)) for name in context.table}
    if context.target_type == "labels":
        aligned[target] = _align_target(context.target, aligned[target])
    context.missing_columns = tuple(name for name in aligned if name not in test.columns)
    context.test = pd.DataFrame(aligned)


def check_test_columns(context: Context) -> None:
    """Refuse test rows without a column that models learn from, or without weights. Other columns may be missing.

    Raises:
        DataError: Columns are missing, or a weight cannot be used; the message names them.
    """
    needed = [column.name for column in context.features]
    weight = context.settings.weight_column
    if missing := [name for name in (*needed, weight) if name in context.missing_columns]:
        _refuse(missing)
    if context.test is not None and weight:
        check_weights(context.test[weight], where=" of the test data")


def _refuse(missing: list[str]) -> NoReturn:
    shown = ", ".join(f"'{name}'" for name in missing[:_SHOWN])
    rest = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    raise DataError(
        f"The test data is missing {shown}{rest}, which the training data has.", "Give both the same columns."
    )


def _check_numbers(context: Context, test: pd.DataFrame) -> None:
    for column in context.features:
        values = test.get(column.name)
        if values is None:
            continue
        if column.role != "numeric" or pd.api.types.is_numeric_dtype(values.dtype):
            continue
        present = values.dropna()
        lost = np.isnan(numbers_of(present, column.reading))
        if len(present) and lost.mean() > _MOST_LOST:
            raise DataError(
                f"Column '{column.name}' holds numbers in the training data, "
                f"but '{present[lost].iloc[0]}' in the test data.",
                "Write the numbers of both in the same way, with the same decimal mark.",
            )


def _target_role(context: Context) -> str:
    return "numeric" if context.target_type == "values" else "categorical"


def _check_target_numbers(values: pd.Series, context: Context) -> None:
    wrong = np.isnan(numbers_of(values, context.columns[context.settings.target].reading))
    if wrong.any():
        raise DataError(
            f"The test data's target '{values.name}' holds '{values[wrong].iloc[0]}', which is not a finite number.",
            "Correct or remove such rows.",
        )


def _align(like: pd.Series, values: pd.Series | None, rows: int) -> pd.Series:
    """Convert values to the type of the training column if this loses nothing, else return them unchanged."""
    if values is None:
        return pd.Series(np.nan, index=pd.RangeIndex(rows)).astype(object)
    if values.dtype == like.dtype:
        return values
    try:
        cast = values.astype(like.dtype)
    except (TypeError, ValueError, OverflowError):
        return values
    return cast if cast.isna().equals(values.isna()) else values


def _align_target(like: pd.Series, values: pd.Series) -> pd.Series:
    """Return test labels as the training rows write them: ``"1"`` and ``1.0`` become ``1``."""
    known = distinct_labels(like) if len(like) and like.nunique() <= len(like) / 2 else []
    by_text = {str(label): label for label in known}
    own = {canonical(label) for label in known}

    def same(value: object) -> object:
        if canonical(value) in own:
            return value
        return by_text.get(str(canonical(value) if not isinstance(value, bool) else value), value)

    mapped = values.map(same)
    try:
        return mapped.astype(like.dtype)
    except (TypeError, ValueError, OverflowError):
        return mapped
