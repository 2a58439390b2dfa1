"""What kind of problem a target poses."""

import pandas as pd

from podium_ml.contracts.problem import Task
from podium_ml.errors import DataError, SettingsError
from podium_ml.featurization._numbers import read_numbers
from podium_ml.validation.targets import canonical

# Whole numbers with at most this many values, and at most this share of the rows, are taken for classes.
_MOST_NUMERIC_CLASSES = 20
_MOST_CLASS_SHARE = 0.05
_MOST_CLASSES = 1000


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
    distinct = target.map(canonical).nunique()
    if distinct < 2:
        value = canonical(target.iloc[0]) if len(target) else None
        raise DataError(f"Target '{name}' has one value only ({value!r}).", "There is nothing to tell apart.")
    numeric = _numeric(target)
    if asked == "regression":
        if not numeric:
            raise SettingsError(
                f"Target '{name}' is no number, e.g. {target.iloc[0]!r}: regression cannot learn it."
            )
        return "regression"
    if asked in ("classification", "binary", "multiclass"):
        return _classification(name, asked, distinct, rows=len(target), numeric=numeric)
    if numeric and not _looks_like_classes(target, distinct):
        return "regression"
    return _classification(name, "classification", distinct, rows=len(target), numeric=numeric)


def _classification(name: str, asked: str, distinct: int, *, rows: int, numeric: bool) -> Task:
    if asked == "binary" and distinct != 2:
        raise SettingsError(f"Target '{name}' has {distinct} values, not 2.", "Use --task multiclass.")
    if asked == "multiclass" and distinct == 2:
        raise SettingsError(f"Target '{name}' has 2 values.", "Use --task binary.")
    if distinct > _MOST_CLASSES or distinct > rows / 2:
        told = "Use --task regression." if numeric else "Is it an id or free text? Choose another target."
        raise DataError(
            f"Target '{name}' has {distinct} different values in {rows} rows: too many for classes.", told
        )
    return "binary" if distinct == 2 else "multiclass"


def _numeric(target: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(target.dtype) or pd.api.types.is_datetime64_any_dtype(target.dtype):
        return False
    return pd.api.types.is_numeric_dtype(target.dtype) or bool(pd.notna(read_numbers(target)).all())


def _looks_like_classes(target: pd.Series, distinct: int) -> bool:
    if distinct == 2:
        return True
    numbers = pd.Series(read_numbers(target))
    whole = bool((numbers == numbers.round()).all())
    return whole and distinct <= _MOST_NUMERIC_CLASSES and distinct <= max(3, _MOST_CLASS_SHARE * len(target))
