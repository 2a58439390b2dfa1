"""What kind of problem a target poses."""

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Task
from podium_ml.errors import DataError, SettingsError
from podium_ml.tabular.validation.roles import infer_role
from podium_ml.targets.encoding import canonical, target_numbers

# Whole numbers with at most this many values, and at most this share of the rows, are taken for classes.
_MOST_NUMERIC_CLASSES = 20
_MOST_CLASS_SHARE = 0.05
_MOST_CLASSES = 1000
_WHAT = {"datetime": "dates", "text": "free text"}


def infer_task(target: pd.Series, asked: str) -> Task:
    """Return the kind of problem.

    Args:
        target: The target without missing values.
        asked: What the user said: ``auto``, ``classification`` or a task.

    Raises:
        DataError: The target has one value only, or cannot be learned as any task.
        SettingsError: The target cannot be what the user said.
    """
    name = str(target.name)
    distinct = target.astype(object).map(canonical).nunique()
    if distinct < 2:
        raise DataError(
            f"Target '{name}' has one value only ('{target.iloc[0]}').", "There is nothing to tell apart."
        )
    numeric = is_numeric_target(target)
    if asked == "regression":
        if not numeric:
            raise SettingsError(
                f"Target '{name}' holds '{_first_text(target)}', which is no number: regression cannot learn it.",
                "Leave the task to auto, or choose classification.",
            )
        return "regression"
    if asked in ("classification", "binary", "multiclass"):
        return _classification(target, asked, distinct, numeric=numeric)
    if numeric and not _looks_like_classes(target, distinct):
        return "regression"
    return _classification(target, "classification", distinct, numeric=numeric)


def is_numeric_target(target: pd.Series) -> bool:
    """Whether every value of a target is a number, or a number in text; true and false are none."""
    if pd.api.types.is_bool_dtype(target.dtype) or pd.api.types.is_datetime64_any_dtype(target.dtype):
        return False
    return pd.api.types.is_numeric_dtype(target.dtype) or not bool(np.isnan(target_numbers(target)).any())


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
        return "It looks like an id: choose another target."
    turned = " or turn it into a number of days" if what == "dates" else ""
    return f"It holds {what}: choose another target{turned}."


def _looks_like_classes(target: pd.Series, distinct: int) -> bool:
    if distinct == 2:
        return True
    if not pd.api.types.is_numeric_dtype(target.dtype) and target.astype(str).str.contains(r"[%$€£¥,]").any():
        return False
    numbers = target_numbers(target)
    whole = bool((numbers == np.round(numbers)).all())
    return whole and distinct <= _MOST_NUMERIC_CLASSES and distinct <= max(3, _MOST_CLASS_SHARE * len(target))


def _first_text(target: pd.Series) -> str:
    wrong = np.isnan(target_numbers(target))
    return str(target[wrong].iloc[0] if wrong.any() else target.iloc[0])
