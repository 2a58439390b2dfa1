"""Data of the beeswarm chart: contributions of the most important columns to each explained row."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.partial_dependence import output_label
from podium_ml.explanation.shapley_values import ShapleyValues

_MAX_COLUMNS = 12


def beeswarm(
    model: ColumnModel, X: pd.DataFrame, found: ShapleyValues, *, order: np.ndarray
) -> tuple[dict[str, Any], ...]:
    """Return contributions to one output, with each column's values on a scale from 0 (low) to 1 (high).

    Args:
        model: The model.
        X: Features of the explained rows.
        found: Their Shapley values.
        order: Positions of the columns, most important first.
    """
    output = _main_output(found)
    return tuple(
        {
            "column": model.columns[position],
            "label": output_label(model, output),
            "shap": [float(f"{value:.4g}") for value in found.values[:, position, output]],
            "value": _scaled(X.loc[:, model.features_of[position][0]].array),
        }
        for position in order[:_MAX_COLUMNS]
    )


def _main_output(found: ShapleyValues) -> int:
    """Return the output to show: the positive class, the only value, or the most frequently predicted class."""
    n_outputs = found.output.shape[1]
    if n_outputs <= 2:
        return n_outputs - 1
    return int(np.bincount(found.output.argmax(axis=1)).argmax())


def _scaled(feature: Any) -> list[float | None]:
    """Scale numbers so that a few extreme ones do not hide the rest; categories have no order and get ``None``."""
    if not pd.api.types.is_numeric_dtype(feature.dtype):
        return [None] * len(feature)
    numbers = np.asarray(feature, dtype=float)
    known = numbers[np.isfinite(numbers)]
    low, high = np.quantile(known, [0.05, 0.95]) if len(known) else (0.0, 0.0)
    if low == high and len(known):
        low, high = known.min(), known.max()
    width = high - low if high > low else 1.0
    scaled = np.clip((numbers - low) / width, 0, 1)
    return [round(float(value), 3) if np.isfinite(value) else None for value in scaled]
