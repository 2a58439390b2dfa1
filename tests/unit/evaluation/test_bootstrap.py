"""Tests of bootstrap intervals and of the vectorized metric kernels."""

import time

import numpy as np
import pytest

from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import MOST_ROWS, Answer, Bootstrap
from podium_ml.metrics import Metric, metrics_for, resolve_metric
from podium_ml.resampling import ResampledModel, Resamples
from podium_ml.run.budget import Deadline


def predictions(task, rows=120, seed=0):
    """Return targets and moderately accurate predictions for a task."""
    random = np.random.default_rng(seed)
    if task == "regression":
        y = random.gamma(2.0, 3.0, rows)
        return y, y + random.normal(0, 1.5, rows).clip(-0.9)
    classes = 2 if task == "binary" else 4
    y = random.integers(0, classes, rows)
    raw = random.dirichlet(np.ones(classes), rows) + 0.7 * np.eye(classes)[y] * random.random((rows, 1))
    # Rounding creates ties, which are the hard case for rank metrics.
    raw = np.round(raw, 1) + 0.01
    return y, raw / raw.sum(axis=1, keepdims=True)


def interval(metric, y, raw, *, weight=None, threshold=None, seed=0, deadline=None):
    """Return the ends of the interval of a metric."""
    bootstrap = Bootstrap(Targets(y=y, weight=weight), seed=seed, deadline=deadline or Deadline())
    found = bootstrap.measure(metric, Answer(raw, threshold))
    return found.low, found.high


def resampled(y, raw, counts, *, weight=None, threshold=None):
    """Return a model evaluated on the given resamples, one per row of ``counts``."""
    return ResampledModel(Resamples(y, weight, np.asarray(counts).T.copy()), raw, threshold)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_kernels_match_metrics_on_resampled_rows(task, weighted):
    y, raw = predictions(task)
    random = np.random.default_rng(1)
    weight = random.uniform(0.5, 2.0, len(y)) if weighted else None
    counts = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=5)
    model = resampled(y, raw, counts, weight=weight)
    for metric in metrics_for(task):
        scores = model.scores(metric)
        assert scores is not None, f"{metric.name} has no kernel"
        one_by_one = [model.score_one(metric, number) for number in range(5)]
        np.testing.assert_allclose(scores, one_by_one, atol=1e-9, err_msg=metric.name)


def test_kernels_match_metrics_at_threshold():
    y, raw = predictions("binary")
    counts = np.random.default_rng(1).multinomial(len(y), np.full(len(y), 1 / len(y)), size=3)
    model = resampled(y, raw, counts, threshold=0.2)
    for name in ("f1", "precision", "mcc"):
        metric = resolve_metric(name, "binary")
        expected = [model.score_one(metric, number) for number in range(3)]
        np.testing.assert_allclose(model.scores(metric), expected)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_kernels_are_undefined_where_metrics_are(task):
    y, raw = predictions(task, rows=12)
    y[:6] = y[0]
    counts = np.repeat([[2, 0], [1, 1]], 6, axis=1)[:, np.tile([0, 6], 6).argsort(kind="stable")]
    model = resampled(y, raw, counts)
    with np.errstate(all="ignore"):
        for metric in metrics_for(task):
            expected = [model.score_one(metric, number) for number in range(2)]
            np.testing.assert_allclose(model.scores(metric), expected, atol=1e-9, err_msg=metric.name)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_intervals_contain_value_and_are_reproducible(task):
    y, raw = predictions(task, rows=300)
    for metric in metrics_for(task):
        ends = [interval(metric, y, raw, seed=3) for _ in range(2)]
        assert ends[0] == ends[1]
        low, high = ends[0]
        assert low <= metric.score(y, raw) <= high, metric.name


def test_interval_coverage_is_nominal():
    metric, covered = resolve_metric("accuracy", "binary"), 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        y = random.integers(0, 2, 200)
        right = random.random(200) < 0.8
        raw = np.eye(2)[np.where(right, y, 1 - y)]
        low, high = interval(metric, y, raw)
        covered += low <= 0.8 <= high
    assert 87 <= covered <= 100


def test_more_rows_make_narrower_intervals():
    metric, widths = resolve_metric("rmse", "regression"), []
    for rows in (50, 5000):
        y, raw = predictions("regression", rows=rows)
        low, high = interval(metric, y, raw)
        widths.append(high - low)
    assert widths[1] < widths[0] / 4


def test_row_weights_are_used():
    y, raw = np.array([0, 1] * 50), np.tile([[0.9, 0.1], [0.9, 0.1]], (50, 1))
    low, high = interval(resolve_metric("accuracy", "binary"), y, raw, weight=np.tile([1.0, 0.0], 50))
    assert 0.8 < low < high == 1.0


def test_threshold_is_used():
    y, raw = predictions("binary", rows=200)
    low, high = interval(resolve_metric("recall", "binary"), y, raw, threshold=0.0)
    assert 0.9 < low < high == 1.0


def test_expired_deadline_gives_no_interval():
    y, raw = predictions("binary")
    bootstrap = Bootstrap(Targets(y=y), seed=0, deadline=Deadline(at=0.0))
    found = bootstrap.measure(resolve_metric("roc_auc", "binary"), Answer(raw))
    assert (found.low, found.high) == (None, None)
    assert "no time" in found.reason


def test_interval_width_for_many_rows():
    """The standard error of a proportion is known, and a 95% interval is 3.92 of them wide."""
    rows, share = 5 * MOST_ROWS, 0.8
    random = np.random.default_rng(0)
    y = random.integers(0, 2, rows)
    raw = np.eye(2)[np.where(random.random(rows) < share, y, 1 - y)]
    metric = resolve_metric("accuracy", "binary")
    low, high = interval(metric, y, raw)
    assert low < metric.score(y, raw) < high
    assert high - low == pytest.approx(3.92 * np.sqrt(share * (1 - share) / rows), rel=0.2)


def own_metric(function):
    return Metric("own:metric", "own", frozenset({"binary"}), "label", True, function, "Own.")


def test_custom_metrics_receive_resampled_rows():
    y, raw = predictions("binary", rows=200)
    accuracy = resolve_metric("accuracy", "binary")
    own = own_metric(lambda true, labels, weight: float((true == labels).mean()))
    ours, theirs = (interval(metric, y, raw) for metric in (accuracy, own))
    assert theirs == pytest.approx(ours, abs=0.02)


def test_slow_custom_metric_stops_at_deadline():
    def slow(true, labels, weight):
        time.sleep(0.05)
        return 0.5

    y, raw = predictions("binary")
    began = time.perf_counter()
    assert interval(own_metric(slow), y, raw, deadline=Deadline.after(0.3)) == (None, None)
    assert time.perf_counter() - began < 2


def test_undefined_metric_has_no_interval():
    y, raw = np.zeros(30, dtype=np.int64), np.full((30, 2), 0.5)
    assert interval(resolve_metric("roc_auc", "binary"), y, raw) == (None, None)


def test_many_classes_have_intervals():
    y = np.arange(4000) % 120
    raw = np.random.default_rng(0).dirichlet(np.ones(120), len(y)) + 0.01 * np.eye(120)[y]
    metric = resolve_metric("roc_auc_macro", "multiclass")
    low, high = interval(metric, y, raw)
    assert 0.5 < low < metric.score(y, raw) < high < 1
