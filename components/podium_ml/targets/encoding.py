"""The target as numbers that estimators learn from, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.errors import DataError


def encode_target(values: pd.Series, problem: Problem) -> np.ndarray:
    """Return class codes (int64; -1 for classes that the problem does not know) or values (float64), shape ``(n,)``.

    Raises:
        DataError: A regression target has values that are no numbers.
    """
    if problem.is_classification:
        codes = {canonical(label): code for code, label in enumerate(problem.classes)}
        return np.array([codes.get(canonical(value), -1) for value in values], dtype=np.int64)
    numbers = target_numbers(values)
    if np.isnan(numbers).any():
        row = int(np.isnan(numbers).argmax())
        raise DataError(
            f"Target '{problem.target}': row {row + 1} holds '{values.iloc[row]}', which is no finite number."
        )
    return numbers


def target_numbers(values: pd.Series) -> np.ndarray:
    """Return a target's values as float64, numbers in text (``1,234``, ``12%``) included; NaN for what is none."""
    from podium_ml.values.numbers import NumberFormat

    return np.asarray(NumberFormat.plan(values).read(values), dtype=np.float64)


def decode_target(codes: np.ndarray, problem: Problem) -> np.ndarray:
    """Return labels in the user's own type for class codes; values of a regression as they are."""
    if not problem.is_classification:
        return np.asarray(codes, dtype=np.float64)
    return label_array(problem.classes)[np.asarray(codes, dtype=np.int64)]


def label_array(labels: Sequence[Any]) -> np.ndarray:
    """Return labels as an array of their own type: integers, booleans, floats, or objects for text."""
    kinds = {type(label) for label in labels}
    return (
        np.array(labels)
        if len(kinds) == 1 and kinds <= {int, bool, float}
        else np.array(labels, dtype=object)
    )


def canonical(value: Any) -> Any:
    """Return one form for equal labels: ``1``, ``1.0`` and NumPy's ``1`` are one, text and booleans stay apart.

    >>> canonical(np.int64(1)) == canonical(1.0), canonical(True) == canonical(1), canonical("1") == canonical(1)
    (True, False, False)
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
