"""Charts of classification."""

from typing import Any

import numpy as np
from sklearn.metrics import auc, average_precision_score, confusion_matrix, precision_recall_curve, roc_curve

from podium_ml.metrics import Threshold
from podium_ml.targets._chart_rows import counts
from podium_ml.targets._thinning import thin

# Classes with a curve of their own, classes that averages are taken over, and classes of a confusion matrix.
_CURVES, _AVERAGED, _MATRIX = 6, 50, 50
# Rows times classes above which micro averages are left out.
_MICRO = 5_000_000
_BINS, _GRID = 10, 101
# Thresholds of the positive class that are compared, and shares of the rows that reach further ones.
_ROUND_THRESHOLDS = (0.05, *(tenths / 10 for tenths in range(1, 10)), 0.95)
_REACHED = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
_OTHERS = "(other classes)"


Weight = np.ndarray | None


def confusion_chart(
    y: np.ndarray, predicted: np.ndarray, labels: list[str], weight: Weight = None
) -> dict[str, Any]:
    """Count true against predicted classes; of more than 50 the less frequent are put together.

    Args:
        y: Class codes, shape ``(n,)``.
        predicted: Predicted codes, shape ``(n,)``.
        labels: Classes as shown.
        weight: Weights with a mean of 1, or ``None``.
    """
    if len(labels) > _MATRIX:
        frequent = np.sort(np.argsort(-np.bincount(y, minlength=len(labels)), kind="stable")[: _MATRIX - 1])
        shown = np.full(len(labels), len(frequent))
        shown[frequent] = np.arange(len(frequent))
        y, predicted = shown[y], shown[predicted]
        labels = [*(labels[code] for code in frequent), _OTHERS]
    matrix = confusion_matrix(y, predicted, labels=range(len(labels)), sample_weight=weight)
    total = matrix.sum(axis=1, keepdims=True)
    shares = matrix / np.where(total > 0, total, 1)
    made = {"labels": labels, "matrix": counts(matrix), "normalised": shares.round(6).tolist()}
    return made if weight is None else {**made, "weighted": True}


def threshold_chart(
    y: np.ndarray, score: np.ndarray, *, used: Threshold, weight: Weight = None
) -> dict[str, Any]:
    """Count right and wrong decisions at round thresholds, at those that some of the rows reach, and at the used one.

    All probabilities of a rare class are small, so that round thresholds alone would say nothing about it.

    Args:
        y: Class codes, shape ``(n,)``; 1 is positive.
        score: Probability of the positive class, shape ``(n,)``.
        used: The threshold that the model decides by; ``None`` for 0.5.
        weight: Weights with a mean of 1, or ``None``.

    Returns:
        ``used``, and lists of one value for each threshold: ``thresholds``, ``hits``, ``false_alarms`` and ``misses``.
    """
    chosen = float(used) if isinstance(used, float) else 0.5
    reached = [float(f"{value:.2g}") for value in np.quantile(score, 1 - np.array(_REACHED))]
    thresholds = sorted({chosen, *_ROUND_THRESHOLDS, *(value for value in reached if 0 < value < 1)})
    mass = np.ones(len(y), dtype=np.int64) if weight is None else weight
    positives, negatives = mass * (y == 1), mass * (y != 1)
    alarms = np.array([score >= threshold for threshold in thresholds])
    return {
        "used": chosen,
        "thresholds": thresholds,
        "hits": counts(alarms @ positives),
        "false_alarms": counts(alarms @ negatives),
        "misses": counts(~alarms @ positives),
    }


def curves(
    y: np.ndarray, raw: np.ndarray, labels: list[str], weight: Weight = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the curves of the positive class, or of the most frequent classes and their averages.

    Args:
        y: Class codes, shape ``(n,)``.
        raw: Probabilities, shape ``(n, K)``.
        labels: Classes as shown.
        weight: Weights with a mean of 1, or ``None``.
    """
    shown = _shown_classes(y, len(labels))
    each = [(labels[code], y == code, raw[:, code]) for code in shown]
    made = curves_of(each, weight)
    if len(labels) > 2 and shown:
        made["roc"].append(_macro_roc(y, raw, weight))
        if raw.size <= _MICRO:
            every = "micro average", (np.eye(len(labels))[y] == 1).ravel(), raw.ravel()
            repeated = None if weight is None else np.repeat(weight, len(labels))
            made["roc"].append({**_roc(*every, repeated), "average": True})
            made["precision_recall"].append({**_precision_recall(*every, repeated), "average": True})
    return made


def curves_of(
    each: list[tuple[str, np.ndarray, np.ndarray]], weight: Weight = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the curves of some classes.

    Args:
        each: Name of the class as shown, whether each row belongs to it, and its probability, by class.
        weight: Weights of the rows with a mean of 1, or ``None``.
    """
    return {
        "roc": [_roc(*one, weight) for one in each],
        "precision_recall": [_precision_recall(*one, weight) for one in each],
        "gains": [_gains(*one, weight) for one in each],
        "lift": [_lift(*one, weight) for one in each],
        "calibration": [_calibration(*one, weight) for one in each],
    }


def _shown_classes(y: np.ndarray, n_classes: int) -> list[int]:
    """The positive class, or the most frequent ones; those only that occur beside others."""
    possible = _possible_classes(y, n_classes)
    if n_classes == 2:
        return [1] if 1 in possible else []
    return possible[:_CURVES]


def _possible_classes(y: np.ndarray, n_classes: int) -> list[int]:
    rows = np.bincount(y, minlength=n_classes)
    return [int(code) for code in np.argsort(-rows, kind="stable") if 0 < rows[code] < len(y)]


def _curve(label: str, x: np.ndarray, y: np.ndarray, **rest: float) -> dict[str, Any]:
    kept = thin(x, y)
    return {"label": label, "x": x[kept].tolist(), "y": y[kept].tolist(), **rest}


def _roc(label: str, positive: np.ndarray, score: np.ndarray, weight: Weight) -> dict[str, Any]:
    fpr, tpr, _ = roc_curve(positive, score, sample_weight=weight)
    return _curve(label, fpr, tpr, area=float(auc(fpr, tpr)))


def _macro_roc(y: np.ndarray, raw: np.ndarray, weight: Weight) -> dict[str, Any]:
    """Mean of the classes' curves, of at most the 50 most frequent."""
    grid, found, areas = np.linspace(0, 1, _GRID), [], []
    for code in _possible_classes(y, raw.shape[1])[:_AVERAGED]:
        fpr, tpr, _ = roc_curve(y == code, raw[:, code], sample_weight=weight)
        found.append(np.interp(grid, fpr, tpr))
        areas.append(auc(fpr, tpr))
    mean = np.concatenate([[0.0], np.mean(found, axis=0)])
    return {
        **_curve("macro average", np.append(0.0, grid), mean, area=float(np.mean(areas))),
        "average": True,
    }


def _precision_recall(label: str, positive: np.ndarray, score: np.ndarray, weight: Weight) -> dict[str, Any]:
    precision, recall, _ = precision_recall_curve(positive, score, sample_weight=weight)
    area = float(average_precision_score(positive, score, sample_weight=weight))
    share = float(np.average(positive, weights=weight))
    return _curve(label, recall, precision, area=area, share=share)


def _gains(label: str, positive: np.ndarray, score: np.ndarray, weight: Weight) -> dict[str, Any]:
    """Share of the members found when going down the ranking."""
    return _curve(label, *_ranking(positive, score, weight))


def _lift(label: str, positive: np.ndarray, score: np.ndarray, weight: Weight) -> dict[str, Any]:
    """How many times more members are found than by chance, going down the ranking."""
    contacted, found = _ranking(positive, score, weight)
    kept = thin(contacted, found)[1:]
    return {"label": label, "x": contacted[kept].tolist(), "y": (found[kept] / contacted[kept]).tolist()}


def _ranking(positive: np.ndarray, score: np.ndarray, weight: Weight) -> tuple[np.ndarray, np.ndarray]:
    """Return shares of all rows and of the members, after each stretch of equal scores."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    mass = np.ones(len(score)) if weight is None else weight
    shares = (np.cumsum(one[order])[ends] for one in (mass, mass * positive))
    contacted, found = (np.append(0.0, one / one[-1]) for one in shares)
    return contacted, found


def _calibration(label: str, positive: np.ndarray, score: np.ndarray, weight: Weight) -> dict[str, Any]:
    """Predicted against observed frequency, in bins of equal width; ``error`` is their mean distance by rows.

    ``counts`` are numbers of rows, which say how sure a point is.
    """
    bins = np.clip((score * _BINS).astype(int), 0, _BINS - 1)
    rows = np.bincount(bins, minlength=_BINS)
    used = np.flatnonzero(rows)
    mass = np.ones(len(score)) if weight is None else weight
    total, *sums = (
        np.bincount(bins, one, minlength=_BINS)[used] for one in (mass, mass * score, mass * positive)
    )
    predicted, observed = (one / total for one in sums)
    return {
        "label": label,
        "x": predicted.tolist(),
        "y": observed.tolist(),
        "counts": rows[used].tolist(),
        "error": float(np.average(np.abs(predicted - observed), weights=total)),
    }


def kubeflow_roc(y: np.ndarray, raw: np.ndarray, weight: Weight = None) -> dict[str, list[float]] | None:
    """Return the ROC curve as Kubeflow draws it, with finite thresholds; ``None`` without both classes."""
    if raw.shape[1] != 2 or len(np.unique(y)) < 2:
        return None
    fpr, tpr, thresholds = roc_curve(y == 1, raw[:, 1], sample_weight=weight)
    kept = thin(fpr, tpr)
    finite = np.where(np.isfinite(thresholds), thresholds, 1.0)
    return {"fpr": fpr[kept].tolist(), "tpr": tpr[kept].tolist(), "thresholds": finite[kept].tolist()}
