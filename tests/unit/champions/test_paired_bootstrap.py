"""Tests of the paired bootstrap comparison of two models."""

import numpy as np
import pytest
from scipy.special import expit

from podium_ml.champions.attempts import allowed_error
from podium_ml.champions.paired_bootstrap import Answer, compare
from podium_ml.champions.units import find_units
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline

AUC, RMSE = resolve_metric("roc_auc", "binary"), resolve_metric("rmse", "regression")


def labels(rows: int, *, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    score = 1 / (1 + np.exp(-(2 * y - 1 + random.normal(0, noise, rows))))
    return y, np.column_stack([1 - score, score])


def gain(metric, y, first, second, *, group=None, time=None, **options):
    strata = y if metric is not RMSE else None
    units = find_units(len(y), strata=strata, group=group, time=time)
    fewest = units.count if strata is None else min(np.bincount(y))
    common = {"weight": None, "error": 0.05, "seed": 0, "deadline": Deadline(), **options}
    return compare(metric, y, (Answer(first), Answer(second)), units=units, fewest=fewest, **common)


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


def test_blocks_of_time_are_resampled_together():
    random = np.random.default_rng(0)
    time = np.arange(800)
    y = random.normal(size=800)
    first = y + random.normal(size=800)
    second = y + random.normal(size=800) * np.repeat(random.uniform(0.5, 1.5, 16), 50)
    alone, together = gain(RMSE, y, first, second), gain(RMSE, y, first, second, time=time)
    assert together.high - together.low > 1.3 * (alone.high - alone.low)


def test_smaller_error_widens_interval():
    y, good = labels(400, noise=1.0)
    _, bad = labels(400, noise=1.0, seed=1)
    wide, narrow = (gain(AUC, y, bad, good, error=error) for error in (0.001, 0.05))
    assert wide.low < narrow.low < narrow.high < wide.high


def probabilities(log_odds: np.ndarray) -> np.ndarray:
    return np.column_stack([1 - expit(log_odds), expit(log_odds)])


def challengers(y: np.ndarray, number: int, random: np.random.Generator) -> list[np.ndarray]:
    """Return predictions of equally good models whose errors are alike."""
    common = random.normal(size=len(y))
    base = np.log(y.mean() / (1 - y.mean()))
    return [
        probabilities(1.5 * (1.5 * y + 0.7 * common + 0.7 * random.normal(size=len(y))) - 1.1 + base)
        for _ in range(number)
    ]


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "accuracy"])
def test_false_promotions_are_rare_with_few_positive_rows_and_repeated_challenges(name):
    """Ten of sixty rows are positive, and four models that are as good as the champion challenge it."""
    metric, random = resolve_metric(name, "binary"), np.random.default_rng(0)
    y, promoted, runs = np.repeat([1, 0], [10, 50]), 0, 60
    for _ in range(runs):
        champion, *others = challengers(y, 5, random)
        gains = [
            gain(metric, y, champion, one, error=allowed_error(attempt))
            for attempt, one in enumerate(others, start=1)
        ]
        promoted += any(one.low > 0 for one in gains)
    # Of 60 runs with a chance of 5% each, more than 7 would be promoted in one case of a hundred.
    assert promoted <= 7


def test_better_model_is_found_among_few_positive_rows():
    random = np.random.default_rng(0)
    y = np.repeat([1, 0], [12, 200])
    [champion] = challengers(y, 1, random)
    better = probabilities(4.0 * y - 2 + random.normal(size=len(y)))
    assert gain(AUC, y, champion, better, error=allowed_error(1)).low > 0


@pytest.mark.parametrize("shape", ["group", "time"])
def test_false_promotions_are_rare_with_dependent_rows(shape):
    """Errors of rows of one group, or of one time, are alike."""
    random, promoted, runs = np.random.default_rng(0), 0, 200
    code = np.repeat(np.arange(20), 15)
    for _ in range(runs):
        y = random.normal(size=300)
        first, second = (y + random.normal(size=20)[code] + 0.5 * random.normal(size=300) for _ in range(2))
        promoted += gain(RMSE, y, first, second, error=allowed_error(1), **{shape: code}).low > 0
    assert promoted <= 11


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
