"""Metrics of how well probabilities rank the rows."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from podium_ml.metrics._metric import Function, Metric
from podium_ml.metrics._quiet import quiet

_BOTH = frozenset({"binary", "multiclass"})


def _binary(score: Any) -> Function:
    @quiet
    def function(y_true: np.ndarray, raw: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return (
            score(y_true == 1, raw[:, 1], sample_weight=sample_weight) if _two_kinds(y_true == 1) else np.nan
        )

    return function


def _one_against_rest(score: Any, *, weighted: bool) -> Function:
    """Average the scores of each class against the rest, over the classes that occur."""

    @quiet
    def function(y_true: np.ndarray, raw: np.ndarray, sample_weight: np.ndarray | None) -> float:
        present = [code for code in range(raw.shape[1]) if _two_kinds(y_true == code)]
        if not present:
            return np.nan
        scores = [score(y_true == code, raw[:, code], sample_weight=sample_weight) for code in present]
        mass = np.ones(len(y_true)) if sample_weight is None else sample_weight
        shares = [mass[y_true == code].sum() if weighted else 1.0 for code in present]
        return float(np.average(scores, weights=shares))

    return function


def _two_kinds(flags: np.ndarray) -> bool:
    return bool(flags.any() and not flags.all())


def _metric(name: str, title: str, tasks: frozenset[str], function: Function, description: str) -> Metric:
    return Metric(name, title, tasks, "probability", True, function, description, bounds=(0.0, 1.0))


SPECS = (
    replace(
        _metric("roc_auc", "AUC", frozenset({"binary"}), _binary(roc_auc_score), "Area under the ROC curve."),
        default_for=frozenset({"binary"}),
    ),
    _metric(
        "roc_auc_macro",
        "AUC, macro",
        _BOTH,
        _one_against_rest(roc_auc_score, weighted=False),
        "Mean area under the ROC curves of each class against the rest.",
    ),
    _metric(
        "roc_auc_weighted",
        "AUC, weighted",
        _BOTH,
        _one_against_rest(roc_auc_score, weighted=True),
        "Area under the ROC curves of each class against the rest, weighted by class size.",
    ),
    _metric(
        "average_precision",
        "Average precision",
        frozenset({"binary"}),
        _binary(average_precision_score),
        "Area under the precision-recall curve; more informative than AUC if positives are rare.",
    ),
    _metric(
        "average_precision_macro",
        "Average precision, macro",
        _BOTH,
        _one_against_rest(average_precision_score, weighted=False),
        "Mean average precision of each class against the rest.",
    ),
    _metric(
        "average_precision_weighted",
        "Average precision, weighted",
        _BOTH,
        _one_against_rest(average_precision_score, weighted=True),
        "Average precision of each class against the rest, weighted by class size.",
    ),
)
