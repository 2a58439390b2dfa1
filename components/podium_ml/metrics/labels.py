"""Metrics of the predicted classes."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn import metrics

from podium_ml.metrics._metric import SET_TASKS, Function, Metric
from podium_ml.metrics._quiet import quiet

_BOTH = frozenset({"binary", "multiclass"})
_BINARY = frozenset({"binary"})


def _plain(score: Any, **options: Any) -> Function:
    @quiet
    def function(y_true: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return score(y_true, labels, sample_weight=sample_weight, **options)

    return function


@quiet
def _norm_macro_recall(y_true: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray | None) -> float:
    """Macro recall rescaled so that random guessing is 0 and perfection 1; undefined for one class."""
    guessing = 1.0 / len(np.unique(y_true))
    recall = metrics.recall_score(
        y_true,
        labels,
        labels=np.unique(y_true),
        average="macro",
        sample_weight=sample_weight,
        zero_division=0.0,
    )
    return float((recall - guessing) / (1.0 - guessing))


@quiet
def _mcc(y_true: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray | None) -> float:
    if len(np.unique(y_true)) < 2:
        return np.nan
    return metrics.matthews_corrcoef(y_true, labels, sample_weight=sample_weight)


def _metric(
    name: str,
    title: str,
    function: Function,
    description: str,
    *,
    tasks: frozenset[str] = _BOTH,
    lowest: float = 0.0,
) -> Metric:
    # The best threshold for recall predicts only positives, the best for precision a single one.
    tunes = name != "recall" and not name.startswith("precision")
    return Metric(
        name,
        title,
        tasks,
        "label",
        True,
        function,
        description,
        tunes_threshold=tunes,
        bounds=(lowest, 1.0),
    )


def _averaged(name: str, title: str, score: Any, what: str) -> tuple[Metric, ...]:
    binary = _metric(
        name,
        title,
        _plain(score, pos_label=1, zero_division=0.0),
        f"{what}, for the positive class.",
        tasks=_BINARY,
    )
    averages = {
        "macro": "classes weighted equally",
        "micro": "rows weighted equally",
        "weighted": "classes weighted by size",
    }
    rest = (
        replace(
            _metric(
                f"{name}_{average}",
                f"{title}, {average}",
                _plain(score, average=average, zero_division=0.0),
                f"{what}, with {weighting}.",
                tasks=_BOTH | SET_TASKS,
            ),
            default_for=SET_TASKS if (name, average) == ("f1", "micro") else frozenset(),
        )
        for average, weighting in averages.items()
    )
    return (binary, *rest)


SPECS = (
    _metric(
        "accuracy",
        "Accuracy",
        _plain(metrics.accuracy_score),
        "Share of rows whose class is predicted correctly.",
    ),
    _metric(
        "balanced_accuracy",
        "Balanced accuracy",
        _plain(metrics.balanced_accuracy_score),
        "Mean recall of the classes, so that rare classes count as much as common ones.",
    ),
    *_averaged("f1", "F1", metrics.f1_score, "Harmonic mean of precision and recall"),
    *_averaged(
        "precision", "Precision", metrics.precision_score, "Share of predicted members that are true members"
    ),
    *_averaged("recall", "Recall", metrics.recall_score, "Share of members that are found"),
    _metric(
        "norm_macro_recall",
        "Normalized macro recall",
        _norm_macro_recall,
        "Mean recall, rescaled so that guessing is 0 and perfection is 1.",
        lowest=-1.0,
    ),
    _metric("mcc", "MCC", _mcc, "Matthews correlation coefficient.", lowest=-1.0),
    _metric(
        "cohen_kappa",
        "Cohen's kappa",
        _plain(metrics.cohen_kappa_score),
        "Agreement beyond chance.",
        lowest=-1.0,
    ),
    _metric(
        "quadratic_kappa",
        "Quadratic kappa",
        _plain(metrics.cohen_kappa_score, weights="quadratic"),
        "Agreement beyond chance for ordered classes; large misses cost more.",
        lowest=-1.0,
    ),
)
