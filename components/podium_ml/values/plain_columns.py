"""Columns of any pandas dtype as columns of plain numbers, texts, dates, categories or lists.

Data frames hold what files cannot: intervals, sparse numbers, members of enumerations, identifiers, arrays. Each
becomes what it means, in training and in prediction alike. Each value of a column of objects is converted on its own,
so that a row means the same whatever rows come with it.
"""

import datetime as dt
import decimal
import enum
import fractions
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.values.plain_text import plain_text

# Values that are taken as they are.
_PLAIN = frozenset(
    (
        *(str, int, float, bool, bytes, dict, list, dt.date, dt.datetime, pd.Timestamp),
        *(type(None), type(pd.NaT), type(pd.NA), np.bool_, np.int64, np.int32, np.float64, np.float32),
    )
)
# Kinds of NumPy dtypes that need no conversion: booleans, integers and dates.
_PLAIN_KINDS = "biuM"
_ADVICE = "Convert them to numbers or texts, or drop the column."


def plain_column(values: pd.Series) -> pd.Series:
    """Return a column whose values are numbers, booleans, texts, dates, bytes, lists, mappings, or categories of these.

    Durations become seconds, periods the time at which they begin, intervals and members of enumerations their texts,
    and arrays and sets lists.

    Args:
        values: A column of any dtype.

    Raises:
        DataError: The values have no meaning as a column, such as complex numbers; the message names the column.
    """
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        return _plain_objects(values) if dtype.kind == "O" else _plain_numpy(values)
    if isinstance(dtype, pd.CategoricalDtype):
        return _plain_categories(values)
    if isinstance(dtype, pd.SparseDtype):
        return plain_column(_like(values, np.asarray(values.array)))
    if isinstance(dtype, pd.PeriodDtype):
        return values.dt.to_timestamp()
    if isinstance(dtype, pd.IntervalDtype):
        return _map(values, plain_value).astype("category")
    if isinstance(dtype, pd.ArrowDtype):
        return _plain_arrow(values)
    return values


def is_pixels(value: Any) -> bool:
    """Whether a value is a picture in memory: an array of pixels of 8 bits, or an image of Pillow."""
    if isinstance(value, np.ndarray):
        return value.ndim in (2, 3) and value.dtype == np.uint8
    return type(value).__module__.startswith("PIL.")


def plain_value(value: Any) -> Any:
    """Return one value as ``plain_column`` does.

    Raises:
        DataError: The value has no meaning as a cell of a table.
    """
    if value is None or type(value) in _PLAIN or is_pixels(value):
        return value
    for known, convert in _CONVERSIONS:
        if isinstance(value, known):
            return convert(value)
    if all(getattr(type(value), name) is getattr(object, name) for name in ("__str__", "__repr__")):
        raise DataError(f"Values of the type {type(value).__name__} cannot be read.", _ADVICE)
    return str(value)


def _plain_numpy(values: pd.Series) -> pd.Series:
    dtype = values.dtype
    if dtype.kind in _PLAIN_KINDS or dtype == np.float64:
        return values
    if dtype.kind == "m":
        return values.dt.total_seconds()
    if dtype.kind == "c":
        return _map(values, plain_value)
    return values.astype(np.float64)


def _plain_categories(values: pd.Series) -> pd.Series:
    """Return categories that are numbers, booleans, texts or dates; the others become texts."""
    categories = values.cat.categories
    if isinstance(categories.dtype, pd.StringDtype) or (
        isinstance(categories.dtype, np.dtype) and categories.dtype.kind in "biufM"
    ):
        return values
    texts = [one if isinstance(one, str) else plain_text(plain_value(one)) or "" for one in categories]
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    codes = np.append(codes, -1)[values.cat.codes]  # The code of a missing value is -1.
    return _like(values, pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object)))


def _plain_arrow(values: pd.Series) -> pd.Series:
    import pyarrow as pa

    array = pa.array(values)
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    whole = {kind: pd.Int64Dtype() for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())}
    return plain_column(_like(values, array.to_pandas(types_mapper=whole.get)))


def _plain_objects(values: pd.Series) -> pd.Series:
    return values if _PLAIN.issuperset(map(type, values)) else _map(values, plain_value)


def _number(value: Any) -> float | None:
    if isinstance(value, decimal.Decimal) and value.is_nan():
        return None
    try:
        return float(value)
    except OverflowError:  # of a fraction
        return math.copysign(math.inf, value)


def _member(value: enum.Enum) -> str:
    """Return the name of a member of an enumeration, or its value if that is a text."""
    return str(value.value) if isinstance(value, str) else value.name


def _refuse(value: Any) -> Any:
    raise DataError(
        "Complex numbers cannot be read.",
        "Give their real and imaginary parts as two columns, or drop the column.",
    )


# How to convert values; the first that fits counts.
_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (enum.Enum, _member),
    (str, str),
    ((bool, np.bool_), bool),
    (dt.timedelta, lambda value: value.total_seconds()),
    (np.timedelta64, lambda value: float(value / np.timedelta64(1, "s"))),
    ((int, np.integer), int),
    ((float, np.floating, decimal.Decimal, fractions.Fraction), _number),
    ((complex, np.complexfloating), _refuse),
    (pd.Period, lambda value: value.to_timestamp()),
    (np.datetime64, pd.Timestamp),
    (dt.time, lambda value: value.isoformat()),
    ((bytearray, memoryview), bytes),
    (np.ndarray, lambda value: value.ravel().tolist()),
    ((tuple, list, pd.Series, pd.Index, pd.api.extensions.ExtensionArray), list),
    ((set, frozenset), lambda value: sorted(filter(None, map(plain_text, value)))),
)


def _map(values: pd.Series, convert: Callable[[Any], Any]) -> pd.Series:
    held = np.empty(len(values), dtype=object)
    try:
        held[:] = [convert(value) for value in values]
    except DataError as error:
        raise DataError(f"Column '{values.name}': {error.message}", error.hint) from None
    return pd.Series(held, index=values.index, name=values.name, dtype=object)


def _like(values: pd.Series, made: Any) -> pd.Series:
    return pd.Series(getattr(made, "array", made), index=values.index, name=values.name)
