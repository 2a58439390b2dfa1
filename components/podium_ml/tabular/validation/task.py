"""Infers the task from the target."""

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Task
from podium_ml.errors import DataError, SettingsError
from podium_ml.tabular.validation.roles import infer_role
from podium_ml.values.decimal_marks import MaybeMark
from podium_ml.values.labels import canonical_labels
from podium_ml.values.numbers import NumberFormat

# Integers count as classes if they have at most this many distinct values, which are at most this share of the rows.
_MOST_NUMERIC_CLASSES = 20
_MOST_CLASS_SHARE = 0.05
_MOST_CLASSES = 1000
_WHAT = {"datetime": "dates", "text": "free text"}


def infer_task(target: pd.Series, asked: str, *, mark: MaybeMark = "") -> Task:
    """Return the task.

    Args:
        target: The target without missing values.
        asked: The user's setting: ``auto``, ``classification`` or a task.
        mark: Decimal mark of its file; empty if unknown.

    Raises:
        DataError: The target has only one value, or does not fit any task.
        SettingsError: The target does not fit the user's setting.
    """
    name = str(target.name)
    distinct = len(canonical_labels(target)[1])
    if distinct < 2:
        raise DataError(
            f"Target '{name}' has only one value ('{target.iloc[0]}').",
            "Choose a target with at least two. If empty cells are the other class, write a word in them.",
        )
    numeric = is_numeric_target(target, mark=mark)
    if asked == "regression":
        if not numeric:
            raise SettingsError(
                f"Target '{name}' holds '{_first_text(target, mark)}', which is not a number.",
                "Regression needs numbers: set the task to auto or classification.",
            )
        return "regression"
    if asked in ("classification", "binary", "multiclass"):
        return _classification(target, asked, distinct, numeric=numeric)
    if numeric and not _looks_like_classes(target, distinct, mark):
        return "regression"
    return _classification(target, "classification", distinct, numeric=numeric)


def is_numeric_target(target: pd.Series, *, mark: MaybeMark = "") -> bool:
    """Whether all values of a target are numbers, or numbers written as text. True and false do not count."""
    if pd.api.types.is_bool_dtype(target.dtype) or pd.api.types.is_datetime64_any_dtype(target.dtype):
        return False
    return pd.api.types.is_numeric_dtype(target.dtype) or not bool(np.isnan(_numbers(target, mark)).any())


def _numbers(target: pd.Series, mark: MaybeMark) -> np.ndarray:
    return NumberFormat.plan(target, mark=mark).read(target)


def _classification(target: pd.Series, asked: str, distinct: int, *, numeric: bool) -> Task:
    name, rows = target.name, len(target)
    if distinct > _MOST_CLASSES or distinct > rows / 2:
        raise DataError(
            f"Target '{name}' has {distinct} different values in {rows} rows: too many for classes.",
            "Use the task regression." if numeric else _advice(target),
        )
    if asked == "binary" and distinct != 2:
        raise SettingsError(f"Target '{name}' has {distinct} values, not 2.", "Use the task multiclass.")
    if asked == "multiclass" and distinct == 2:
        raise SettingsError(f"Target '{name}' has 2 values.", "Use the task binary.")
    return "binary" if distinct == 2 else "multiclass"


def _advice(target: pd.Series) -> str:
    what = _WHAT.get(infer_role(target)[0])
    if what is None:
        return "It looks like an id. Choose another target."
    conversion = " or convert it to a number of days" if what == "dates" else ""
    return f"It holds {what}. Choose another target{conversion}."


def _looks_like_classes(target: pd.Series, distinct: int, mark: MaybeMark) -> bool:
    if distinct == 2:
        return True
    if not pd.api.types.is_numeric_dtype(target.dtype) and target.astype(str).str.contains(r"[%$€£¥,]").any():
        return False
    numbers = _numbers(target, mark)
    whole = bool((numbers == np.round(numbers)).all())
    return whole and distinct <= _MOST_NUMERIC_CLASSES and distinct <= max(3, _MOST_CLASS_SHARE * len(target))


def _first_text(target: pd.Series, mark: MaybeMark) -> str:
    wrong = np.isnan(_numbers(target, mark))
    return str(target[wrong].iloc[0] if wrong.any() else target.iloc[0])
