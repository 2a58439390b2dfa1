"""Tests of the choice of decision thresholds."""

import time
from dataclasses import replace

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.splits.folds import make_folds
from podium_ml.targets import target_of
from podium_ml.targets._class_thresholds import choose_class_thresholds
from podium_ml.targets._set_thresholds import choose_set_thresholds
from podium_ml.targets._threshold import choose_threshold, scorer_of

LABEL_METRICS = ("f1", "balanced_accuracy", "mcc", "accuracy", "cohen_kappa", "f1_macro", "norm_macro_recall")


def make_raw(*, rows: int = 600, share: float = 0.2, heat: float = 1.0, seed: int = 0) -> tuple:
    """Return probabilities whose logits are multiplied by ``heat``, the true labels and folds."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(np.log(share / (1 - share)), 1.5, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    positive = 1 / (1 + np.exp(-heat * logit))
    folds = make_folds(Problem("p", "binary", "y", "f1", (), classes=(0, 1)), y=y)
    return np.column_stack([1 - positive, positive]), y, folds


def test_no_threshold_without_folds() -> None:
    raw, y, _ = make_raw(heat=3.0)
    metric = resolve_metric("f1", "binary")
    assert choose_threshold(raw, y, metric=metric, folds=[]) == (None, metric.score(y, raw))


def test_rare_positives_lower_the_threshold_for_f1() -> None:
    raw, y, folds = make_raw(rows=1500, share=0.08)
    metric = resolve_metric("f1", "binary")
    threshold, score = choose_threshold(raw, y, metric=metric, folds=folds)
    assert threshold is not None
    assert 0.1 < threshold < 0.5
    assert score > metric.score(y, raw)


def test_threshold_score_of_noise_is_not_inflated() -> None:
    gains = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        _, y, folds = make_raw(share=0.5, rows=300, seed=seed)
        positive = rng.random(300)
        raw = np.column_stack([1 - positive, positive])
        metric = resolve_metric("balanced_accuracy", "binary")
        gains.append(choose_threshold(raw, y, metric=metric, folds=folds)[1] - 0.5)
    assert np.mean(gains) < 0.06


@pytest.mark.parametrize("name", LABEL_METRICS)
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_from_counts_match_scores_from_rows(name: str, weighted: bool) -> None:
    raw, y, _ = make_raw(rows=200)
    weight = np.random.default_rng(1).uniform(0, 2, len(y)) if weighted else None
    metric = resolve_metric(name, "binary")
    grid = np.array([0.0, raw[7, 1], 0.2, 0.5, 1.1])
    scores = [metric.score(y, raw, weight, threshold=threshold) for threshold in grid]
    np.testing.assert_allclose(scorer_of(raw[:, 1], y, metric, weight)(grid), scores, atol=1e-9)


def agreement(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    return float((y_true == y_pred).mean() if y_pred.any() else 0.0)


def test_threshold_for_a_custom_metric() -> None:
    raw, y, folds = make_raw(rows=300)
    shifted = np.clip(raw + np.array([-0.3, 0.3]), 0, 1)
    metric = Metric(
        name="mine:agreement",
        title="Agreement",
        tasks=frozenset({"binary"}),
        needs="label",
        greater_is_better=True,
        function=lambda y_true, labels, weight: agreement(y_true, labels),
        description="",
        tunes_threshold=True,
    )
    threshold, score = choose_threshold(shifted, y, metric=metric, folds=folds)
    assert threshold is not None
    assert threshold > 0.6
    assert score > metric.score(y, shifted)


def make_classes(*, rows: int = 1500, seed: int = 0) -> tuple:
    """Return calibrated probabilities of three classes, one of them rare, the true classes and folds."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(np.log([0.7, 0.25, 0.05]), 1.0, size=(rows, 3))
    raw = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random((rows, 1)) > raw.cumsum(axis=1)).sum(axis=1)
    return raw, y, make_folds(Problem("p", "multiclass", "y", "f1_macro", (), classes=(0, 1, 2)), y=y)


def test_classes_are_decided_as_the_metric_asks() -> None:
    raw, y, folds = make_classes()
    balanced = resolve_metric("balanced_accuracy", "multiclass")
    thresholds, score = choose_class_thresholds(raw, y, metric=balanced, folds=folds)
    assert thresholds is not None
    assert sum(thresholds) == pytest.approx(1)
    assert np.argsort(thresholds).tolist() == [2, 1, 0], "the rarest class has the lowest threshold"
    assert score > balanced.score(y, raw) + 0.02
    accuracy = resolve_metric("accuracy", "multiclass")
    assert choose_class_thresholds(raw, y, metric=accuracy, folds=folds)[1] >= accuracy.score(y, raw)


def test_class_thresholds_do_not_follow_noise() -> None:
    metric, scores = resolve_metric("balanced_accuracy", "multiclass"), []
    for seed in range(8):
        raw, y, folds = make_classes(rows=400, seed=seed)
        shuffled = np.random.default_rng(seed).permutation(raw)
        scores.append(choose_class_thresholds(shuffled, y, metric=metric, folds=folds)[1])
    assert np.mean(scores) < 1 / 3 + 0.03


def make_contenders(task: str) -> tuple:
    """Return the predictions of a shy, better model and a bold, worse one, the targets, folds and problem."""
    rng = np.random.default_rng(5)
    logit = rng.normal(-3.5, 1.5, 4000)
    y = (rng.random(4000) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    shy, bold = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(-logit - 2.2 - rng.normal(0, 1.5, 4000)))
    if task == "multilabel":
        problem = Problem(
            "p", "multilabel", "y", "f1_micro", (), classes=("a", "b"), target_type="label_sets"
        )
        y2 = np.column_stack([y, y])
        raws = [np.column_stack([one, one]) for one in (shy, bold)]
        folds = make_folds(replace(problem, fold_strategy="shuffled"), y=y2)
        return *raws, Targets(y=y2), folds, problem
    problem = Problem("p", "binary", "y", "f1", (), classes=(0, 1), target_type="labels")
    folds = make_folds(problem, y=y)
    return *(np.column_stack([1 - one, one]) for one in (shy, bold)), Targets(y=y), folds, problem


@pytest.mark.parametrize(
    ("task", "name"), [("binary", "f1"), ("binary", "balanced_accuracy"), ("multilabel", "f1_micro")]
)
def test_models_are_compared_by_their_own_thresholds(task: str, name: str) -> None:
    """At one half the worse model wins, because it was trained with class weights."""
    shy, bold, targets, folds, problem = make_contenders(task)
    metric, target = resolve_metric(name, task), target_of(problem)
    assert metric.score(targets.y, bold) > metric.score(targets.y, shy)

    def decided(raw: np.ndarray) -> float:
        return target.decided_score(raw, targets, problem=problem, metric=metric, folds=folds)

    assert decided(shy) > decided(bold)
    found = target.correct(shy, targets, problem=problem, metric=metric, folds=folds)
    assert found.score == pytest.approx(decided(shy)), "the chosen model's score is the one it was chosen by"


def test_decided_score_of_other_metrics_is_the_plain_score() -> None:
    raw, y, folds = make_raw()
    problem = Problem("p", "binary", "y", "roc_auc", (), classes=(0, 1), target_type="labels")
    for name in ("roc_auc", "log_loss", "recall"):
        metric = resolve_metric(name, "binary")
        scored = target_of(problem).decided_score(
            raw, Targets(y=y), problem=problem, metric=metric, folds=folds
        )
        assert scored == metric.score(y, raw)


def test_threshold_search_is_fast_for_many_rows() -> None:
    raw, y, folds = make_raw(rows=200_000)
    began = time.process_time()
    choose_threshold(raw, y, metric=resolve_metric("f1", "binary"), folds=folds)
    assert time.process_time() - began < 10


def test_labels_of_different_models_get_thresholds_of_their_own_for_their_common_f1() -> None:
    """One label is predicted too boldly and another too shyly, so one threshold for all suits neither."""
    rng = np.random.default_rng(0)
    logit = rng.normal(-1.5, 1.5, (4000, 3))
    y = (rng.random(logit.shape) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    raw = 1 / (1 + np.exp(-logit - [2.0, 0.0, -2.0]))
    problem = Problem(
        "p", "multilabel", "y", "f1_micro", (), classes=("a", "b", "c"), target_type="label_sets"
    )
    folds = make_folds(replace(problem, fold_strategy="shuffled"), y=y)
    metric = resolve_metric("f1_micro", "multilabel")
    thresholds, score = choose_set_thresholds(raw, Targets(y=y), metric=metric, folds=folds)
    assert thresholds is not None
    assert thresholds[0] > thresholds[1] > thresholds[2]
    common = max(metric.score(y, raw, threshold=(one,)) for one in np.linspace(0.05, 0.95, 37))
    assert score > common + 0.005
