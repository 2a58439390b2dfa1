"""Tests of the calibration of probabilities."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.metrics import resolve_metric
from podium_ml.splits.folds import make_folds
from podium_ml.targets import target_of
from podium_ml.targets._calibration import IsotonicCalibrator, LogisticCalibrator, TemperatureCalibrator
from podium_ml.targets._calibration_choice import choose_calibration, mean_error

BINARY = Problem("p", "binary", "y", "log_loss", (), classes=(0, 1), target_type="labels")


def problem_of(n_classes: int) -> Problem:
    task = "binary" if n_classes == 2 else "multiclass"
    return replace(BINARY, task=task, classes=tuple(range(n_classes)))


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def draw(proba: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random((len(proba), 1)) > proba.cumsum(axis=1)).sum(axis=1).clip(max=proba.shape[1] - 1)


def make_raw(*, rows: int = 600, share: float = 0.2, heat: float = 1.0, seed: int = 0) -> tuple:
    """Return probabilities whose logits are multiplied by ``heat``, the true labels and folds."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(np.log(share / (1 - share)), 1.5, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    positive = 1 / (1 + np.exp(-heat * logit))
    return np.column_stack([1 - positive, positive]), y, make_folds(BINARY, y=y)


def balanced(proba: np.ndarray) -> np.ndarray:
    """Return the probabilities of a model that was trained with class weights."""
    weighted = proba / proba.mean(axis=0)
    return weighted / weighted.sum(axis=1, keepdims=True)


def heated(proba: np.ndarray, factor: float) -> np.ndarray:
    powers = proba**factor
    return powers / powers.sum(axis=1, keepdims=True)


def voted(proba: np.ndarray, rng: np.random.Generator, trees: int = 64) -> np.ndarray:
    """Return the shares of votes of a small forest."""
    return np.stack([rng.multinomial(trees, one) for one in proba]) / trees


DISTORTIONS = {
    "class weights": lambda p, rng: balanced(p),
    "overconfident, class weights": lambda p, rng: heated(balanced(p), 2.5),
    "shy, class weights": lambda p, rng: heated(balanced(p), 0.4),
    "votes, class weights": lambda p, rng: voted(balanced(p), rng),
    "overconfident": lambda p, rng: heated(p, 3.0),
}
SHARES = ((0.96, 0.04), (0.9, 0.1), (0.5, 0.5), (0.8, 0.15, 0.05))


@pytest.mark.parametrize("shares", SHARES, ids=str)
@pytest.mark.parametrize("distortion", DISTORTIONS)
@pytest.mark.parametrize("metric", ["roc_auc", "f1"])
def test_mean_probabilities_are_the_base_rates(
    shares: tuple[float, ...], distortion: str, metric: str
) -> None:
    """Twenty sets: four base rates, and five kinds of models; the fresh rows were not calibrated on."""
    rng = np.random.default_rng(len(distortion))
    truth = softmax(np.log(shares) + rng.normal(0, 1.2, size=(12_000, len(shares))))
    y, raw = draw(truth, rng), DISTORTIONS[distortion](truth, rng)
    fitted, fresh = slice(0, 6000), slice(6000, None)
    problem = problem_of(len(shares))
    name = {"roc_auc": "roc_auc" if len(shares) == 2 else "roc_auc_macro", "f1": "f1_macro"}[metric]
    found = target_of(problem).correct(
        raw[fitted],
        Targets(y=y[fitted]),
        problem=problem,
        metric=resolve_metric(name, problem.task),
        folds=make_folds(problem, y=y[fitted]),
    )
    calibrate = found.calibrator.calibrate if found.calibrator else lambda one: one
    assert mean_error(calibrate(raw[fitted]), y[fitted]) < 0.1
    base = np.bincount(y[fitted]) / 6000
    assert np.abs(calibrate(raw[fresh]).mean(axis=0) / base - 1).max() < 0.1


@pytest.mark.parametrize("name", ["logistic_regression", "hist_gradient_boosting", "random_forest"])
def test_class_weights_are_undone_for_real_models(name: str) -> None:
    from podium_ml.tabular.algorithms import ALGORITHMS

    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 5)).astype(np.float32)
    y = (rng.random(1500) < 1 / (1 + np.exp(4.2 - X[:, 0] - X[:, 1]))).astype(np.int64)
    folds, raw, spec = make_folds(BINARY, y=y), np.zeros((1500, 2)), ALGORITHMS[name]
    for train, valid in folds:
        model = spec.build(BINARY, seed=0, n_jobs=1, class_weight="balanced")
        raw[valid] = spec.fit_estimator(model, X[train], y[train]).predict_proba(X[valid])
    assert raw[:, 1].mean() > 1.5 * y.mean(), "the weights make the model bold"
    found = choose_calibration(raw, y, metric=resolve_metric("roc_auc", "binary"), folds=folds)
    assert found.calibrator is not None
    assert mean_error(found.raw, y) < 0.1


def test_wrong_mean_is_corrected_although_the_log_loss_gains_little() -> None:
    raw, y, folds = make_raw(rows=4000, share=0.02)
    logit = np.log(raw[:, 1] / raw[:, 0]) + 0.2
    raw = softmax(np.column_stack([np.zeros(4000), logit]))
    found = choose_calibration(raw, y, metric=resolve_metric("roc_auc", "binary"), folds=folds)
    before = resolve_metric("log_loss", "binary").score(y, raw)
    assert mean_error(raw, y) > 0.1
    assert found.gain < 0.01 * before, "too little to be worth it for the log loss alone"
    assert mean_error(found.raw, y) < 0.1


@pytest.mark.parametrize("weighted", [False, True])
def test_overconfident_probabilities_are_calibrated(weighted: bool) -> None:
    raw, y, folds = make_raw(heat=3.0)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(y)) if weighted else None
    metric = resolve_metric("log_loss", "binary")
    found = choose_calibration(raw, y, metric=metric, folds=folds, weight=weight)
    assert isinstance(found.calibrator, LogisticCalibrator)
    assert 0.2 < found.calibrator.slope < 0.6
    assert found.kind == "logistic"
    calibrated = found.calibrator.calibrate(raw)
    assert np.allclose(calibrated.sum(axis=1), 1)
    assert mean_error(calibrated, y, weight) < 0.02
    assert metric.score(y, raw, weight) - metric.score(y, found.raw, weight) == pytest.approx(found.gain)


def test_calibrated_probabilities_are_unchanged() -> None:
    for seed in range(5):
        raw, y, folds = make_raw(seed=seed, rows=3000)
        found = choose_calibration(raw, y, metric=resolve_metric("log_loss", "binary"), folds=folds)
        assert (found.calibrator, found.kind, found.gain) == (None, "", 0.0)
        assert found.raw is raw


def test_no_calibration_without_folds() -> None:
    raw, y, _ = make_raw(heat=3.0)
    assert choose_calibration(raw, y, metric=resolve_metric("f1", "binary"), folds=[]).calibrator is None


def test_distorted_probabilities_get_isotonic_calibration() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(6000)
    y = (rng.random(6000) < np.where(positive < 0.5, 0.1, 0.7)).astype(np.int64)
    raw = np.column_stack([1 - positive, positive])
    found = choose_calibration(
        raw, y, metric=resolve_metric("brier", "binary"), folds=make_folds(BINARY, y=y)
    )
    assert isinstance(found.calibrator, IsotonicCalibrator)
    assert found.kind == "isotonic"
    grid = np.linspace(0, 1, 2001)
    calibrated = found.calibrator.calibrate(np.column_stack([1 - grid, grid]))
    assert ((calibrated > 0) & (calibrated < 1)).all()
    assert (np.diff(calibrated[:, 1]) > 0).all(), "no two probabilities become equal"


def test_calibration_does_not_change_the_ranking() -> None:
    raw, y, folds = make_raw(rows=3000, heat=3.0)
    metric = resolve_metric("roc_auc", "binary")
    found = choose_calibration(raw, y, metric=metric, folds=folds)
    assert found.calibrator is not None
    assert metric.score(y, found.calibrator.calibrate(raw)) == pytest.approx(metric.score(y, raw), abs=1e-9)


def test_slope_of_several_classes() -> None:
    rng = np.random.default_rng(0)
    truth = softmax(rng.normal(size=(500, 4)))
    y = draw(truth, rng)
    folds = make_folds(problem_of(4), y=y)
    found = choose_calibration(
        heated(truth, 4), y, metric=resolve_metric("log_loss", "multiclass"), folds=folds
    )
    assert isinstance(found.calibrator, LogisticCalibrator)
    assert 0.15 < found.calibrator.slope < 0.4


@pytest.mark.parametrize("name", ["f1", "recall", "mcc", "accuracy"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_calibration_keeps_the_decisions(name: str, n_classes: int) -> None:
    rng = np.random.default_rng(1)
    truth = softmax(
        np.log([0.9, *[0.1 / (n_classes - 1)] * (n_classes - 1)]) + rng.normal(0, 1.5, (2000, n_classes))
    )
    y, raw = draw(truth, rng), heated(balanced(truth), 2)
    problem = problem_of(n_classes)
    name = name if n_classes == 2 or name in ("mcc", "accuracy") else f"{name}_macro"
    metric, target = resolve_metric(name, problem.task), target_of(problem)
    folds = make_folds(problem, y=y)
    found = target.correct(raw, Targets(y=y), problem=problem, metric=metric, folds=folds)
    assert found.calibrator is not None
    calibrated = found.calibrator.calibrate(raw)
    assert mean_error(calibrated, y) < 0.1
    assert metric.score(y, calibrated, threshold=found.threshold) > found.score - 0.03
    assert found.score >= metric.score(y, raw)
    assert isinstance(target.decision_note(found.threshold, problem), str)


def test_each_label_of_a_set_is_calibrated() -> None:
    rng = np.random.default_rng(2)
    logit = rng.normal([-3, 0, -2], 1.3, size=(3000, 3))
    y = (rng.random((3000, 3)) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    raw = 1 / (1 + np.exp(-logit - [2.5, 0, 1.5]))
    problem = Problem(
        "p", "multilabel", "y", "f1_micro", (), classes=("a", "b", "c"), target_type="label_sets"
    )
    folds = make_folds(replace(problem, fold_strategy="shuffled"), y=y)
    for name in ("f1_micro", "label_roc_auc"):
        metric = resolve_metric(name, "multilabel")
        found = target_of(problem).correct(raw, Targets(y=y), problem=problem, metric=metric, folds=folds)
        calibrated = found.calibrator.calibrate(raw)
        assert np.abs(calibrated.mean(axis=0) / y.mean(axis=0) - 1).max() < 0.1
        assert found.calibrator.calibrators[1] is None, "this label needs none"
        assert metric.score(y, calibrated, threshold=found.threshold) > metric.score(y, raw) - 0.005


def test_calibrators_of_earlier_versions_work() -> None:
    raw, _, _ = make_raw(rows=10)
    written = pickle.dumps(TemperatureCalibrator(1.0))
    np.testing.assert_allclose(pickle.loads(written).calibrate(raw), raw)
    curve = IsotonicCalibrator(np.array([0.1, 0.9]), np.array([0.2, 0.7]))
    assert curve.calibrate(np.array([[0.5, 0.5]]))[0, 1] == pytest.approx(0.45)


@pytest.mark.parametrize("y", [np.zeros(40, dtype=np.int64), np.repeat([0, 1], [39, 1])], ids=["none", "one"])
def test_rare_classes_do_not_break_calibration(y: np.ndarray) -> None:
    raw = np.tile([0.7, 0.3], (40, 1))
    folds = [
        (np.flatnonzero(np.arange(40) % 4 != k), np.flatnonzero(np.arange(40) % 4 == k)) for k in range(4)
    ]
    found = choose_calibration(
        raw, y, metric=resolve_metric("log_loss", "binary"), folds=folds, weight=np.zeros(40)
    )
    assert np.isfinite(found.raw).all()
