"""Chart data of one model, as plain numbers; rows count alike, whatever their weights."""

from typing import Any

import numpy as np
from sklearn.metrics import roc_curve

from podium_ml.contracts import Problem
from podium_ml.evaluation._class_charts import confusion_chart, curves
from podium_ml.evaluation._thinning import thin
from podium_ml.evaluation._value_charts import predicted_vs_true, residuals
from podium_ml.evaluation.decisions import predicted_labels


def chart_data(
    problem: Problem, y: np.ndarray, raw: np.ndarray, *, threshold: float | None, seed: int
) -> dict[str, Any]:
    """Return the data of every chart that fits the task.

    Of a classification: ``confusion_matrix`` with ``labels``, ``matrix`` (true classes down, predicted ones across) and
    ``normalised`` (shares of each true class); and the lists of curves ``roc``, ``precision_recall``, ``gains``,
    ``lift`` and ``calibration``, each curve with ``label``, ``x``, ``y`` and what belongs to it (``area``, ``share``,
    ``counts``). Averages over the classes of a multiclass problem have ``average`` set and come last.

    Of a regression: ``predicted_vs_true`` with ``true`` and ``predicted`` of some rows, and ``bins``; ``residuals`` (
    predicted less true) with a histogram's ``edges`` and ``counts``, and ``predicted`` and ``residual`` of some rows.

    Args:
        problem: The problem.
        y: Class codes or values, shape ``(n,)``.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold, or ``None``.
        seed: Seed of the points that a scatter plot shows.
    """
    if not problem.is_classification:
        return {
            "predicted_vs_true": predicted_vs_true(y, raw, seed=seed),
            "residuals": residuals(y, raw, seed=seed),
        }
    labels = [str(label) for label in problem.classes]
    confusion = confusion_chart(y, predicted_labels(raw, threshold), labels)
    return {"confusion_matrix": confusion, **curves(y, raw, labels)}


def kubeflow_roc(y: np.ndarray, raw: np.ndarray) -> dict[str, list[float]] | None:
    """Return the ROC curve as Kubeflow draws it, with finite thresholds; ``None`` without both classes."""
    if raw.shape[1] != 2 or len(np.unique(y)) < 2:
        return None
    fpr, tpr, thresholds = roc_curve(y == 1, raw[:, 1])
    kept = thin(fpr, tpr)
    finite = np.where(np.isfinite(thresholds), thresholds, 1.0)
    return {"fpr": fpr[kept].tolist(), "tpr": tpr[kept].tolist(), "thresholds": finite[kept].tolist()}
