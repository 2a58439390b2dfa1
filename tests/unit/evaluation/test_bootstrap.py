"""Bootstrap intervals: the quick kernels equal the metrics themselves, and intervals hold what they promise."""

import numpy as np
import pytest

from podium_ml.budget import Deadline
from podium_ml.evaluation import _resampled_labels, _resampled_probabilities, _resampled_values
from podium_ml.evaluation.bootstrap import Bootstrap, predicted_labels
from podium_ml.metrics import METRICS, metrics_for, resolve_metric


def predictions(task, rows=120, seed=0):
    """Targets and middling predictions of a task."""
    random = np.random.default_rng(seed)
    if task == "regression":
        y = random.gamma(2.0, 3.0, rows)
        return y, y + random.normal(0, 1.5, rows).clip(-0.9)
    classes = 2 if task == "binary" else 4
    y = random.integers(0, classes, rows)
    raw = random.dirichlet(np.ones(classes), rows) + 0.7 * np.eye(classes)[y] * random.random((rows, 1))
    # Ties are where rank metrics go wrong.
    raw = np.round(raw, 1) + 0.01
    return y, raw / raw.sum(axis=1, keepdims=True)


def kernel_scores(metric, y, raw, counts):
    """What the quick kernel of a metric says, or ``None`` if it has none."""
    if metric.name in _resampled_labels.KERNELS and metric.needs == "label":
        C = _resampled_labels.confusion_matrices(y, predicted_labels(raw, None), counts, raw.shape[1])
        return _resampled_labels.KERNELS[metric.name](C)
    kernels = {**_resampled_probabilities.KERNELS, **_resampled_values.KERNELS}
    return kernels[metric.name](y, raw, counts) if metric.name in kernels else None


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_kernels_equal_the_metrics_on_the_rows_that_were_drawn(task):
    y, raw = predictions(task)
    random = np.random.default_rng(1)
    counts = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=5).astype(float)
    compared = 0
    for metric in metrics_for(task):
        scores = kernel_scores(metric, y, raw, counts)
        if scores is None:
            continue
        for drawn, score in zip(counts, scores, strict=True):
            rows = np.repeat(np.arange(len(y)), drawn.astype(int))
            assert score == pytest.approx(metric.score(y[rows], raw[rows]), abs=1e-9), metric.name
        compared += 1
    assert compared >= 10


def test_nearly_every_metric_has_a_kernel():
    kernels = {**_resampled_labels.KERNELS, **_resampled_probabilities.KERNELS, **_resampled_values.KERNELS}
    assert set(METRICS) - set(kernels) == {"spearman", "median_absolute_error"}


def test_a_class_that_was_not_drawn_does_not_break_anything():
    y, raw = np.array([0, 0, 0, 1]), np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.2, 0.8]])
    counts = np.array([[2.0, 1, 1, 0], [1.0, 1, 1, 1]])
    for name in ("roc_auc", "average_precision"):
        first, second = _resampled_probabilities.KERNELS[name](y, raw, counts)
        assert np.isnan(first)
        assert second == pytest.approx(1.0)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_intervals_hold_the_value_and_are_reproducible(task):
    y, raw = predictions(task, rows=300)
    for metric in metrics_for(task):
        ends = [
            Bootstrap(y, weight=None, seed=3, deadline=Deadline()).interval(metric, raw) for _ in range(2)
        ]
        assert ends[0] == ends[1]
        low, high = ends[0]
        assert low <= metric.score(y, raw) <= high, metric.name


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    metric, covered = resolve_metric("accuracy", "binary"), 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        y = random.integers(0, 2, 200)
        right = random.random(200) < 0.8
        raw = np.eye(2)[np.where(right, y, 1 - y)]
        low, high = Bootstrap(y, weight=None, seed=0, deadline=Deadline()).interval(metric, raw)
        covered += low <= 0.8 <= high
    assert 87 <= covered <= 100


def test_more_rows_make_narrower_intervals():
    metric, widths = resolve_metric("rmse", "regression"), []
    for rows in (50, 5000):
        y, raw = predictions("regression", rows=rows)
        low, high = Bootstrap(y, weight=None, seed=0, deadline=Deadline()).interval(metric, raw)
        widths.append(high - low)
    assert widths[1] < widths[0] / 4


def test_weights_of_rows_count():
    y, raw = np.array([0, 1] * 50), np.tile([[0.9, 0.1], [0.9, 0.1]], (50, 1))
    metric = resolve_metric("accuracy", "binary")
    weight = np.tile([1.0, 0.0], 50)
    assert Bootstrap(y, weight=weight, seed=0, deadline=Deadline()).interval(metric, raw) == (1.0, 1.0)


def test_thresholds_count():
    y, raw = predictions("binary", rows=200)
    metric = resolve_metric("recall", "binary")
    bootstrap = Bootstrap(y, weight=None, seed=0, deadline=Deadline())
    assert bootstrap.interval(metric, raw, threshold=0.0) == (1.0, 1.0)


def test_no_time_no_interval():
    y, raw = predictions("binary")
    bootstrap = Bootstrap(y, weight=None, seed=0, deadline=Deadline(at=0.0))
    assert bootstrap.interval(resolve_metric("accuracy", "binary"), raw) == (None, None)
