"""Metrics of predicted sets of labels; truth and predictions are 0/1 matrices of shape ``(n, L)``."""

from typing import Any

import numpy as np
from sklearn import metrics

from podium_ml.metrics._metric import SET_TASKS, Function, Metric
from podium_ml.metrics._quiet import quiet


def _plain(score: Any, **options: Any) -> Function:
    @quiet
    def function(y_true: np.ndarray, sets: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return score(y_true, sets, sample_weight=sample_weight, **options)

    return function


@quiet
def _jaccard_samples(y_true: np.ndarray, sets: np.ndarray, sample_weight: np.ndarray | None) -> float:
    """Like scikit-learn's version, but two empty sets count as equal."""
    both = np.minimum(y_true, sets).sum(axis=1)
    either = np.maximum(y_true, sets).sum(axis=1)
    shares = np.divide(both, either, out=np.ones(len(both)), where=either > 0)
    return float(np.average(shares, weights=sample_weight))


@quiet
def _f1_samples(y_true: np.ndarray, sets: np.ndarray, sample_weight: np.ndarray | None) -> float:
    """Like scikit-learn's version, but two empty sets count as equal."""
    both = 2 * np.minimum(y_true, sets).sum(axis=1)
    total = y_true.sum(axis=1) + sets.sum(axis=1)
    shares = np.divide(both, total, out=np.ones(len(both)), where=total > 0)
    return float(np.average(shares, weights=sample_weight))


def _ranking(score: Any, *, weighted: bool) -> Function:
    """Average the score of each label over the labels that some rows have and others do not have."""

    @quiet
    def function(y_true: np.ndarray, raw: np.ndarray, sample_weight: np.ndarray | None) -> float:
        counts = y_true.sum(axis=0)
        present = np.flatnonzero((counts > 0) & (counts < len(y_true)))
        if not len(present):
            return np.nan
        scores = [score(y_true[:, at], raw[:, at], sample_weight=sample_weight) for at in present]
        return float(np.average(scores, weights=counts[present] if weighted else None))

    return function


def _sets(name: str, title: str, function: Function, description: str, **options: Any) -> Metric:
    return Metric(name, title, SET_TASKS, "label", True, function, description, bounds=(0.0, 1.0), **options)


SPECS = (
    _sets(
        "f1_samples",
        "F1, samples",
        _f1_samples,
        "Mean over rows of the F1 of their sets of labels.",
        tunes_threshold=True,
    ),
    _sets(
        "jaccard_samples",
        "Jaccard, samples",
        _jaccard_samples,
        "Mean over rows of labels shared by truth and prediction, divided by labels in either.",
        tunes_threshold=True,
    ),
    _sets(
        "jaccard_micro",
        "Jaccard, micro",
        _plain(metrics.jaccard_score, average="micro", zero_division=0.0),
        "Labels shared by truth and prediction, divided by labels in either, over all rows together.",
        tunes_threshold=True,
    ),
    _sets(
        "jaccard_macro",
        "Jaccard, macro",
        _plain(metrics.jaccard_score, average="macro", zero_division=0.0),
        "Jaccard index of each label, averaged over all labels.",
        tunes_threshold=True,
    ),
    Metric(
        "hamming_loss",
        "Hamming loss",
        SET_TASKS,
        "label",
        False,
        _plain(metrics.hamming_loss),
        "Share of all pairs of a row and a label that are predicted wrongly.",
        best=0.0,
        tunes_threshold=True,
        bounds=(0.0, 1.0),
    ),
    _sets(
        "subset_accuracy",
        "Subset accuracy",
        _plain(metrics.accuracy_score),
        "Share of rows whose set of labels is predicted exactly.",
        tunes_threshold=True,
    ),
    Metric(
        "lrap",
        "LRAP",
        SET_TASKS,
        "probability",
        True,
        _plain(metrics.label_ranking_average_precision_score),
        "Label ranking average precision: share of true labels among those ranked at least as high, averaged.",
        bounds=(0.0, 1.0),
    ),
    Metric(
        "label_roc_auc",
        "AUC, mean over labels",
        SET_TASKS,
        "probability",
        True,
        _ranking(metrics.roc_auc_score, weighted=False),
        "Mean area under the ROC curves of the labels.",
        bounds=(0.0, 1.0),
    ),
    Metric(
        "label_average_precision",
        "Average precision, mean over labels",
        SET_TASKS,
        "probability",
        True,
        _ranking(metrics.average_precision_score, weighted=False),
        "Mean area under the precision-recall curves of the labels.",
        bounds=(0.0, 1.0),
    ),
)
