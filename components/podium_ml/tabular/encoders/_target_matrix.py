"""The target as numbers that can be averaged and regressed on."""

import numpy as np

from podium_ml.contracts.problem import Task

# All but the most frequent classes are merged, so that widths stay bounded.
MOST_CLASSES = 20


def condense_classes(y: np.ndarray) -> np.ndarray:
    """Return class codes in which all but the most frequent classes share one code."""
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) <= MOST_CLASSES:
        return np.asarray(y)
    rare = classes[np.argsort(-counts, kind="stable")[MOST_CLASSES - 1 :]]
    return np.where(np.isin(y, rare), rare.max(), y)


def relative_weight(weight: np.ndarray | None) -> np.ndarray | None:
    """Return weights with mean 1, so that they count like rows; ``None`` if all are zero."""
    return None if weight is None or not weight.any() else weight / weight.mean()


def target_matrix(y: np.ndarray, *, task: Task, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the standardized target: one column, or one indicator column per class or label if there are several.

    A constant target gives zeros. Weights of the rows, if there are any, count in its mean and spread.
    """
    if task == "regression":
        columns = np.asarray(y, dtype=np.float64)[:, None]
    elif task == "multilabel":
        columns = y[:, np.argsort(-y.sum(axis=0), kind="stable")[:MOST_CLASSES]].astype(np.float64)
    else:
        condensed = condense_classes(y)
        classes = np.unique(condensed)
        columns = (condensed[:, None] == (classes[1:] if len(classes) == 2 else classes)).astype(np.float64)
    columns = columns - np.average(columns, axis=0, weights=weight)
    spread = np.sqrt(np.average(columns**2, axis=0, weights=weight))
    return columns / np.where(spread > 0, spread, 1.0)


def count_classes(y: np.ndarray, *, task: Task) -> int:
    """Return the number of classes or labels; 0 for regression."""
    if task == "regression":
        return 0
    return y.shape[1] if task == "multilabel" else len(np.unique(y))


def order_of(y: np.ndarray, *, task: Task) -> np.ndarray:
    """Return values to sort rows by, so that rows spread evenly over that order have all kinds of targets."""
    return y.sum(axis=1) if task == "multilabel" else y
