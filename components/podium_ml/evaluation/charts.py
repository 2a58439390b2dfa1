"""Chart data of one model, as plain numbers."""

from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_auc_score, roc_curve

from podium_ml.contracts import Problem
from podium_ml.evaluation.decisions import predicted_labels

_POINTS = 200
_MOST_CURVES = 6
_BINS = 10
_SCATTER = 600
_RESIDUAL_BINS = 30


def chart_data(
    problem: Problem, y: np.ndarray, raw: np.ndarray, *, threshold: float | None, seed: int
) -> dict[str, Any]:
    """Return the data of every chart that fits the task.

    Args:
        problem: The problem.
        y: Class codes or values, shape ``(n,)``.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold, or ``None``.
        seed: Seed of the points that a scatter plot shows.
    """
    if not problem.is_classification:
        return _regression(y, raw, seed=seed)
    labels = [str(label) for label in problem.classes]
    matrix = confusion_matrix(y, predicted_labels(raw, threshold), labels=range(len(labels)))
    charts: dict[str, Any] = {"confusion_matrix": {"labels": labels, "matrix": matrix.tolist()}}
    shown = _shown_classes(problem, y)
    charts["roc"] = [_roc(y == code, raw[:, code], labels[code]) for code in shown]
    charts["precision_recall"] = [_precision_recall(y == code, raw[:, code], labels[code]) for code in shown]
    charts["gains"] = [_gains(y == code, raw[:, code], labels[code]) for code in shown]
    charts["lift"] = [_lift(y == code, raw[:, code], labels[code]) for code in shown]
    charts["calibration"] = [_calibration(y == code, raw[:, code], labels[code]) for code in shown]
    return charts


def kubeflow_roc(y: np.ndarray, raw: np.ndarray) -> dict[str, list[float]] | None:
    """Return the ROC curve as Kubeflow draws it, with finite thresholds; ``None`` without both classes."""
    if raw.shape[1] != 2 or len(np.unique(y)) < 2:
        return None
    fpr, tpr, thresholds = roc_curve(y == 1, raw[:, 1])
    chosen = _thin(len(fpr))
    finite = np.where(np.isfinite(thresholds), thresholds, 1.0)
    return {"fpr": fpr[chosen].tolist(), "tpr": tpr[chosen].tolist(), "thresholds": finite[chosen].tolist()}


def _shown_classes(problem: Problem, y: np.ndarray) -> list[int]:
    """The positive class, or the most frequent ones that occur beside others."""
    counts = np.bincount(y, minlength=len(problem.classes))
    possible = [code for code in np.argsort(-counts, kind="stable") if 0 < counts[code] < len(y)]
    if problem.task == "binary":
        return [1] if 1 in possible else []
    return [int(code) for code in possible[:_MOST_CURVES]]


def _roc(positive: np.ndarray, score: np.ndarray, label: str) -> dict[str, Any]:
    fpr, tpr, _ = roc_curve(positive, score)
    chosen = _thin(len(fpr))
    area = float(roc_auc_score(positive, score))
    return {"label": label, "x": fpr[chosen].tolist(), "y": tpr[chosen].tolist(), "area": area}


def _precision_recall(positive: np.ndarray, score: np.ndarray, label: str) -> dict[str, Any]:
    precision, recall, _ = precision_recall_curve(positive, score)
    chosen = _thin(len(precision))
    share = float(positive.mean())
    return {"label": label, "x": recall[chosen].tolist(), "y": precision[chosen].tolist(), "share": share}


def _gains(positive: np.ndarray, score: np.ndarray, label: str) -> dict[str, Any]:
    """Share of the members found when going down the ranking."""
    contacted, found = _ranking(positive, score)
    chosen = _thin(len(found))
    return {"label": label, "x": contacted[chosen].tolist(), "y": found[chosen].tolist()}


def _lift(positive: np.ndarray, score: np.ndarray, label: str) -> dict[str, Any]:
    """How many times more members are found than by chance."""
    contacted, found = _ranking(positive, score)
    chosen = _thin(len(found))[1:]
    return {
        "label": label,
        "x": contacted[chosen].tolist(),
        "y": (found / np.maximum(contacted, 1e-12))[chosen].tolist(),
    }


def _ranking(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-score, kind="stable")
    found = np.concatenate([[0.0], np.cumsum(positive[order]) / positive.sum()])
    return np.linspace(0, 1, len(found)), found


def _calibration(positive: np.ndarray, score: np.ndarray, label: str) -> dict[str, Any]:
    """Predicted against observed frequency, in bins of equal width."""
    bins = np.minimum((score * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    used = np.flatnonzero(counts)
    predicted = np.bincount(bins, weights=score, minlength=_BINS)[used] / counts[used]
    observed = np.bincount(bins, weights=positive.astype(float), minlength=_BINS)[used] / counts[used]
    return {"label": label, "x": predicted.tolist(), "y": observed.tolist(), "counts": counts[used].tolist()}


def _regression(y: np.ndarray, pred: np.ndarray, *, seed: int) -> dict[str, Any]:
    rows = np.arange(len(y))
    if len(rows) > _SCATTER:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SCATTER, replace=False))
    residuals = pred - y
    counts, edges = np.histogram(residuals, bins=_RESIDUAL_BINS)
    return {
        "predicted_vs_true": {"true": y[rows].tolist(), "predicted": pred[rows].tolist()},
        "residuals": {
            "edges": edges.tolist(),
            "counts": counts.tolist(),
            "predicted": pred[rows].tolist(),
            "residual": residuals[rows].tolist(),
        },
    }


def _thin(points: int) -> np.ndarray:
    """Return positions of at most so many points, the first and the last among them."""
    return np.unique(np.linspace(0, points - 1, min(points, _POINTS)).round().astype(int))
