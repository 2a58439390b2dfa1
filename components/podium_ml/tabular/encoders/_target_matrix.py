"""The target as numbers that can be averaged and regressed on."""

import numpy as np

from podium_ml.contracts.problem import Task

# Classes beyond the most frequent ones are told apart no further, so that widths stay bounded.
MOST_CLASSES = 20


def condense_classes(y: np.ndarray) -> np.ndarray:
    """Return class codes where all classes but the most frequent ones have one code in common."""
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) <= MOST_CLASSES:
        return np.asarray(y)
    rare = classes[np.argsort(-counts, kind="stable")[MOST_CLASSES - 1 :]]
    return np.where(np.isin(y, rare), rare.max(), y)


def target_matrix(y: np.ndarray, *, task: Task) -> np.ndarray:
    """Return the target standardized, one column; with several classes, one centred indicator column a class.

    A target that does not vary gives zeros.
    """
    if task == "regression":
        columns = np.asarray(y, dtype=np.float64)[:, None]
    else:
        condensed = condense_classes(y)
        classes = np.unique(condensed)
        columns = (condensed[:, None] == (classes[1:] if len(classes) == 2 else classes)).astype(np.float64)
    columns = columns - columns.mean(axis=0)
    spread = columns.std(axis=0)
    return columns / np.where(spread > 0, spread, 1.0)
