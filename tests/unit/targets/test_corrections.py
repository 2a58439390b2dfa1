"""Tests of the calibration of probabilities and the choice of decision thresholds."""

import time

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.splits.folds import make_folds
from podium_ml.targets._calibration import IsotonicCalibrator, TemperatureCalibrator, choose_calibration
from podium_ml.targets._threshold import _CountedScorer, choose_threshold

LABEL_METRICS = ("f1", "balanced_accuracy", "mcc", "accuracy", "cohen_kappa", "f1_macro", "norm_macro_recall")


def make_raw(*, rows: int = 600, share: float = 0.2, heat: float = 1.0, seed: int = 0) -> tuple:
    """Return probabilities whose logits are multiplied by ``heat``, the true labels and folds."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(np.log(share / (1 - share)), 1.5, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    positive = 1 / (1 + np.exp(-heat * logit))
    folds = make_folds(Problem("p", "binary", "y", "f1", (), classes=(0, 1)), y=y)
    return np.column_stack([1 - positive, positive]), y, folds


@pytest.mark.parametrize("weighted", [False, True])
def test_overconfident_probabilities_are_calibrated(weighted: bool) -> None:
    raw, y, folds = make_raw(heat=3.0)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(y)) if weighted else None
    metric = resolve_metric("log_loss", "binary")
    found = choose_calibration(raw, y, metric=metric, folds=folds, weight=weight)
    assert isinstance(found.calibrator, TemperatureCalibrator)
    assert found.calibrator.temperature > 1.5
    assert found.kind == "temperature"
    calibrated = found.calibrator.calibrate(raw)
    assert np.allclose(calibrated.sum(axis=1), 1)
    assert (calibrated.argmax(axis=1) == raw.argmax(axis=1)).all()
    assert metric.score(y, raw, weight) - metric.score(y, found.raw, weight) == pytest.approx(found.gain)


def test_calibrated_probabilities_are_unchanged() -> None:
    for seed in range(5):
        raw, y, folds = make_raw(seed=seed)
        found = choose_calibration(raw, y, metric=resolve_metric("log_loss", "binary"), folds=folds)
        assert (found.calibrator, found.kind, found.gain) == (None, "", 0.0)
        assert found.raw is raw


def test_distorted_probabilities_get_isotonic_calibration() -> None:
    raw, y, folds = make_raw(rows=4000, share=0.4)
    crooked = np.column_stack([1 - raw[:, 1] ** 4, raw[:, 1] ** 4])
    found = choose_calibration(crooked, y, metric=resolve_metric("brier", "binary"), folds=folds)
    assert isinstance(found.calibrator, IsotonicCalibrator)
    assert found.kind == "isotonic"
    calibrated = found.calibrator.calibrate(crooked)
    assert ((calibrated > 0) & (calibrated < 1)).all()
    order = np.argsort(crooked[:, 1])
    assert (np.diff(calibrated[order, 1]) >= 0).all()


def test_calibration_preserves_ranking() -> None:
    raw, y, folds = make_raw(rows=3000, heat=3.0)
    metric = resolve_metric("roc_auc", "binary")
    found = choose_calibration(raw, y, metric=metric, folds=folds)
    assert metric.score(y, found.raw) >= metric.score(y, raw) * 0.999


def test_multiclass_calibration() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(500, 4))
    y = np.array([rng.choice(4, p=np.exp(one) / np.exp(one).sum()) for one in logits])
    hot = np.exp(4 * logits) / np.exp(4 * logits).sum(axis=1, keepdims=True)
    folds = make_folds(Problem("p", "multiclass", "y", "log_loss", (), classes=(0, 1, 2, 3)), y=y)
    found = choose_calibration(hot, y, metric=resolve_metric("log_loss", "multiclass"), folds=folds)
    assert isinstance(found.calibrator, TemperatureCalibrator)
    assert 2.5 < found.calibrator.temperature <= 5.0


def test_no_corrections_without_folds() -> None:
    raw, y, _ = make_raw(heat=3.0)
    metric = resolve_metric("f1", "binary")
    assert choose_calibration(raw, y, metric=metric, folds=[]).calibrator is None
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
    scorer = _CountedScorer(raw[:, 1], y, metric, weight)
    for threshold in (0.0, raw[7, 1], 0.2, 0.5, 1.1):
        assert scorer(threshold) == pytest.approx(metric.score(y, raw, weight, threshold=threshold), abs=1e-9)


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


def test_threshold_search_is_fast_for_many_rows() -> None:
    raw, y, folds = make_raw(rows=200_000)
    began = time.process_time()
    choose_threshold(raw, y, metric=resolve_metric("f1", "binary"), folds=folds)
    assert time.process_time() - began < 10
