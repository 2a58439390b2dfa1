"""The distinct values of a column, so that what costs time is done once for each of them and not once for each row."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

# With fewer rows, finding the distinct values costs more than it saves.
FEW_ROWS = 20


def distinct_values(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Return the position of each row's value in a list of values, and that list.

    True and 1 are different values. The position of a missing value is -1, or that of a missing value in the list. The
    list may hold equal values if there are few rows, or if values cannot be hashed, such as lists.

    Args:
        column: Values of any type.

    Returns:
        Positions, integers of shape ``(n,)``, and the values.
    """
    if len(column) <= FEW_ROWS:
        return np.arange(len(column)), column.tolist()
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.array.codes), column.array.categories.tolist()
    try:
        codes, values = pd.factorize(column)
        if column.dtype == object and any(isinstance(value, Real) and value in (0, 1) for value in values):
            return _with_truths_apart(column)
    except TypeError:
        return np.arange(len(column)), column.tolist()
    return codes, values.tolist()


def distinct_texts(column: pd.Series) -> set[str]:
    """Return the distinct texts among the values of a column."""
    return {value for value in distinct_values(column)[1] if isinstance(value, str)}


def _with_truths_apart(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Return what ``distinct_values`` does. True and 1 are equal in Python, so the type is looked at as well."""
    tagged = [(bool, bool(one)) if isinstance(one, bool | np.bool_) else one for one in column.tolist()]
    codes, values = pd.factorize(pd.Series(tagged, dtype=object))
    return codes, [one[1] if isinstance(one, tuple) and one[0] is bool else one for one in values]
