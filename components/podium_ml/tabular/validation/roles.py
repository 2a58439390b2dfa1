"""Infers the role of each column."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Reading
from podium_ml.contracts.problem import Role
from podium_ml.contracts.reading import IMAGE
from podium_ml.media.names import has_picture_suffix
from podium_ml.media.packing import is_packed
from podium_ml.settings import TabularProblem
from podium_ml.tabular.validation.text_roles import infer_text_role
from podium_ml.tabular.validation.typed_columns import role_of_type
from podium_ml.values.decimal_marks import MaybeMark
from podium_ml.values.hashes import MOST_EXACT, hashable
from podium_ml.values.nested import NESTED
from podium_ml.values.plain_text import plain_texts
from podium_ml.values.samples import sampled
from podium_ml.values.vectors import vector_length

_SAMPLE = 5_000
_PICTURES: tuple[Role, str] = ("image", "Pictures.")
# Columns about pictures of which models must not learn: names, which often tell the answer, and what tools wrote down.
_NAMES_OF_FILES: tuple[Role, str] = ("dropped", "Names of the files of the pictures.")
_DETAILS: tuple[Role, str] = (
    "dropped",
    "Format and size of the pictures, which are known from the pictures.",
)
_DETAILS_NAME, _NAMED_SHARE = "image_details", 0.9
_CATEGORIES: tuple[Role, str] = ("categorical", "A column of categories, as its type says.")
_FEWEST_COMPACT_DATES = 20
# Roles that the user gives to columns of which models do not learn.
_NO_FEATURES = frozenset({"dropped", "target", "weight", "group"})


def infer_columns(
    table: pd.DataFrame, settings: TabularProblem, *, readings: Mapping[str, Reading]
) -> dict[str, Column]:
    """Return all columns with their roles, by name.

    Args:
        table: Labelled rows.
        settings: The user's settings, which may assign roles to columns and drop columns.
        readings: How ingestion read each column; unknown for columns that are not there.
    """
    special = {name: role_of_type(kind) for name, kind in settings.column_types.items()} | _special(settings)
    special = _about_pictures(table, readings) | special
    columns = {}
    for name, values in ((str(name), values) for name, values in table.items()):
        known = readings.get(name, Reading())
        dtype = known.type or str(values.dtype)
        if name in special:
            role, reason = special[name]
            feature = role not in _NO_FEATURES
            columns[name] = Column(name, role, dtype, reason, required=feature, is_feature=feature)
        else:
            role, reason = _role(values, known)
            columns[name] = Column(name, role, dtype, reason)
    return columns


def _role(values: pd.Series, known: Reading) -> tuple[Role, str]:
    if known.type == IMAGE:
        return _PICTURES
    return _CATEGORIES if known.category else infer_role(values, mark=known.decimal)


def _about_pictures(table: pd.DataFrame, readings: Mapping[str, Reading]) -> dict[str, tuple[Role, str]]:
    """Return the columns that only name or describe the pictures of other columns."""
    if all(reading.type != IMAGE for reading in readings.values()):
        return {}
    special = {}
    for name, values in ((str(name), values) for name, values in table.items()):
        kind = readings.get(name, Reading()).type
        if kind == NESTED and name == _DETAILS_NAME:
            special[name] = _DETAILS
        elif kind == "string" and _names_pictures(values.dropna()):
            special[name] = _NAMES_OF_FILES
    return special


def _names_pictures(present: pd.Series) -> bool:
    sample = present.head(_SAMPLE)
    named = sum(has_picture_suffix(str(value)) for value in sample)
    return named > 0 and named >= _NAMED_SHARE * len(sample)


def infer_role(values: pd.Series, *, mark: MaybeMark = "") -> tuple[Role, str]:
    """Return the role of a column and the reason, in words for the user.

    Args:
        values: The column.
        mark: Decimal mark of its file; empty if unknown.
    """
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _CATEGORIES
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean", "True and false."
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "datetime", "Dates or times."
    if pd.api.types.is_timedelta64_dtype(dtype):
        return "numeric", "Durations, in seconds."
    if pd.api.types.is_integer_dtype(dtype) and _share_floats(values):
        return "categorical", "Codes: whole numbers of so many digits that floats cannot tell them apart."
    if pd.api.types.is_numeric_dtype(dtype):
        compact = pd.api.types.is_integer_dtype(dtype) and _compact_dates(values)
        return (
            ("datetime", "Dates written as numbers, like 20150301.") if compact else ("numeric", "Numbers.")
        )
    present = values.dropna()
    if not len(present):
        return "categorical", "No values."
    if is_packed(present.iloc[0]):
        return _PICTURES
    if isinstance(present.iloc[0], list | dict | tuple | set | np.ndarray):
        length = vector_length(present)
        return "list", f"Vectors of {length} numbers." if length else "Lists of values."
    present = hashable(present)
    return infer_text_role(
        list(map(str, pd.unique(sampled(present, _SAMPLE)))),
        share=present.nunique() / len(present),
        mark=mark,
    )


def distinct_texts(values: pd.Series) -> list[str]:
    """Return the distinct values of a column of any type, as text."""
    return plain_texts(values)[1]


def _share_floats(values: pd.Series) -> bool:
    """Whether some of the different integers are the same float."""
    numbers = values.dropna().unique()
    if not len(numbers) or max(abs(int(numbers.min())), abs(int(numbers.max()))) <= MOST_EXACT:
        return False
    return len(np.unique(numbers.astype(np.float64))) < len(numbers)


def _compact_dates(values: pd.Series) -> bool:
    """Whether all integers are dates like ``20150301``. By chance, hardly one in ten would be."""
    numbers = values.dropna().to_numpy(dtype=np.int64)
    if not len(numbers) or numbers.min() < 1900_01_01 or numbers.max() > 2100_12_31:
        return False
    distinct = np.unique(numbers)
    month, day = distinct // 100 % 100, distinct % 100
    plausible = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return len(distinct) >= _FEWEST_COMPACT_DATES and bool(plausible.all())


def _special(settings: TabularProblem) -> dict[str, tuple[Role, str]]:
    special: dict[str, tuple[Role, str]] = dict.fromkeys(
        settings.columns_to_drop, ("dropped", "Dropped by the user.")
    )
    roles: tuple[tuple[str, Role, str], ...] = (
        (settings.weight_column, "weight", "Weights of the rows, set by the user."),
        (settings.group_column, "group", "Groups that stay together, set by the user."),
        (settings.time_column, "time", "Orders the rows in time, set by the user."),
        (settings.target, "target", "The column to predict."),
    )
    return special | {name: (role, reason) for name, role, reason in roles if name}
