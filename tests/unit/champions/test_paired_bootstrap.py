"""Tests of the paired bootstrap comparison of two models."""

import numpy as np
import pytest

from podium_ml.champions.paired_bootstrap import Answer, compare
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline

AUC, RMSE = resolve_metric("roc_auc", "binary"), resolve_metric("rmse", "regression")


def labels(rows: int, *, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    score = 1 / (1 + np.exp(-(2 * y - 1 + random.normal(0, noise, rows))))
    return y, np.column_stack([1 - score, score])


def gain(metric, y, first, second, **options):
    common = {"weight": None, "group": None, "seed": 0, "deadline": Deadline(), **options}
    return compare(metric, y, (Answer(first), Answer(second)), **common)


def test_interval_excludes_zero_for_clear_differences():
    y, good = labels(400, noise=1.0)
    _, bad = labels(400, noise=1.0, seed=1)
    found = gain(AUC, y, bad, good)
    assert 0 < found.low < found.value < found.high
    back = gain(AUC, y, good, bad)
    assert back.value == pytest.approx(-found.value)
    assert back.high < 0


def test_identical_models_have_zero_gain():
    y, good = labels(300, noise=1.0)
    found = gain(AUC, y, good, good)
    assert (found.low, found.value, found.high) == (0, 0, 0)


def test_lower_error_is_positive_gain():
    random = np.random.default_rng(0)
    y = random.normal(size=500)
    found = gain(RMSE, y, y + random.normal(size=500), y + 0.1 * random.normal(size=500))
    assert found.scores[0] > found.scores[1]
    assert found.low > 0


def test_pairing_detects_small_gain():
    random = np.random.default_rng(0)
    y, common = random.normal(size=400), random.normal(size=400)
    found = gain(RMSE, y, y + common + 0.05, y + 0.97 * common)
    assert found.low > 0
    assert found.high - found.low < 0.05


def test_groups_are_resampled_together():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(12), 40)
    y = random.normal(size=480)
    first = y + random.normal(size=480)
    second = y + random.normal(size=480) * np.repeat(random.uniform(0.5, 1.5, 12), 40)
    alone, together = gain(RMSE, y, first, second), gain(RMSE, y, first, second, group=group)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_many_rows_fit_in_memory():
    y, good = labels(60_000, noise=1.0)
    found = gain(AUC, y, good[:, ::-1], good)
    assert found.low > 0


def test_metric_without_kernel_respects_deadline():
    y, good = labels(200, noise=1.0)
    metric = resolve_metric("sklearn.metrics:jaccard_score", "binary")
    assert gain(metric, y, good[:, ::-1], good).value > 0
    late = gain(metric, y, good, good, deadline=Deadline(0.0))
    assert late.low is None
    assert late.value == 0


def test_same_seed_gives_same_interval():
    y, good = labels(300, noise=1.0)
    _, bad = labels(300, noise=2.0)
    assert gain(AUC, y, bad, good) == gain(AUC, y, bad, good)
