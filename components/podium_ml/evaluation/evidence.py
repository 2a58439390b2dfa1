"""How many rows, groups or blocks a score rests on."""

import numpy as np

from podium_ml.metrics import Metric
from podium_ml.resampling import Units

# An interval needs this many rows of the rarer class, and this many groups or blocks of time.
FEWEST_ROWS, FEWEST_UNITS = 10, 5
_OF_EACH_CLASS = frozenset(
    {"balanced_accuracy", "norm_macro_recall", "label_roc_auc", "label_average_precision"}
)
_VALUES = ("value", "forecast", "spans")


def evidence(metric: Metric, y: np.ndarray, units: Units) -> int:
    """Return the number of units with a row of the rarer class; of values, the number of units.

    With more than two classes, the rarer class is the rarest one if each class counts equally in the metric; else all
    classes but the most frequent one are taken together.

    Args:
        metric: The metric.
        y: Class codes, values or sets of labels, shape ``(n,)`` or ``(n, L)``.
        units: The units of the rows.
    """
    each = metric.name.endswith("_macro") or metric.name in _OF_EACH_CLASS
    if metric.of_sets:
        return _of_labels(y, units) if each else units.number
    if metric.needs in _VALUES:
        return units.number
    counts = np.bincount(y)
    if each:
        return min(units.with_rows(y == code) for code in np.flatnonzero(counts))
    common = y == counts.argmax()
    return min(units.with_rows(common), units.with_rows(~common))


def _of_labels(y: np.ndarray, units: Units) -> int:
    varying = [column == 1 for column in y.T if 0 < column.sum() < len(y)]
    return min((units.with_rows(rows) for own in varying for rows in (own, ~own)), default=0)


def shortage(metric: Metric, y: np.ndarray, units: Units) -> str:
    """Return why there are too few rows for an interval, or an empty text."""
    rows = evidence(metric, y, Units("rows", np.arange(len(y))))
    if rows < FEWEST_ROWS:
        one = metric.needs in _VALUES or metric.of_sets
        what = "test rows" if one and rows == len(y) else "rows of the rarer class"
        return f"too few rows: {rows} {what}, of which an interval needs {FEWEST_ROWS}"
    if units.kind == "rows":
        return ""
    if (known := evidence(metric, y, units)) < FEWEST_UNITS:
        what = "groups" if units.kind == "groups" else "blocks of time"
        return f"too few {what}: {known}, of which an interval needs {FEWEST_UNITS}"
    return ""
