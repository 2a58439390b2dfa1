"""Undefined metrics return NaN; they never raise or warn."""

import functools
import math
import warnings

import numpy as np

from podium_ml.metrics._metric import Function


def quiet(function: Function) -> Function:
    """Wrap a metric so that it returns NaN if it cannot be computed."""

    @functools.wraps(function)
    def wrapper(y_true: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None) -> float:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                score = float(function(y_true, prediction, sample_weight))
            except (ArithmeticError, ValueError):
                return math.nan
        return score if math.isfinite(score) else math.nan

    return wrapper
