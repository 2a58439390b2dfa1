"""Tests of the limits of a search and of its trials."""

import math
import time
from dataclasses import replace

import pytest

from podium_ml.algorithms import Cost
from podium_ml.contracts import BranchSpec, Trial
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import STARTED_VARIABLE, Deadline, span
from podium_ml.training.limits import SearchLimits
from podium_ml.training.pruning import PrunedError, prune
from tests.unit.training.conftest import tree_spec


def limits(*, seconds: float | None = None, **branch: object) -> SearchLimits:
    spec = BranchSpec("own_tree", **branch)  # type: ignore[arg-type]
    return SearchLimits(spec, tree_spec(cost=Cost(0.5)), deadline=Deadline.after(seconds))


def trial(outcome: str = "complete", *, seconds: float = 1.0, folds: tuple[float, ...] = (0.5, 0.5)) -> Trial:
    score = 0.5 if outcome == "complete" else None
    return Trial("own_tree", 0, {}, "search", outcome, score, folds, seconds=seconds)  # type: ignore[arg-type]


def ends(made: SearchLimits, trials: list[Trial], *, since_gain: int = 0, at_target: bool = False) -> bool:
    return made.reached(trials, since_gain=since_gain, at_target=at_target)


def test_no_deadlines_without_time_limits() -> None:
    free = limits(max_trials=5)
    assert (
        free.end_of_trial().at
        == free.interruption(first=True).at
        == free.interruption(first=False).at
        == math.inf
    )
    assert not free.hopeless()
    assert free.available() == math.inf


def test_search_stops_at_max_trials_target_or_patience() -> None:
    assert ends(limits(max_trials=2), [trial()] * 2)
    assert not ends(limits(max_trials=2), [trial()])
    assert ends(limits(), [trial()], at_target=True)
    assert ends(limits(patience=3), [trial()] * 4, since_gain=3)
    assert not ends(limits(patience=3), [trial()] * 4, since_gain=2)


def test_search_stops_at_the_trials_of_the_algorithm() -> None:
    few = SearchLimits(BranchSpec("own_tree"), replace(tree_spec(), trials=3), deadline=Deadline())
    assert ends(few, [trial()] * 3)
    assert not ends(few, [trial()] * 2)


def test_default_patience() -> None:
    assert ends(limits(), [trial()] * 11, since_gain=10)
    assert not ends(limits(time_limit=60.0, seconds=9.0), [trial()] * 11, since_gain=10)
    assert not ends(limits(max_trials=99), [trial()] * 50, since_gain=49)


def test_patience_is_longer_if_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, many = [trial()] * 500, {"time_limit": 60.0, "seconds": 9.0, "weights": (1.0,) * 5, "slots": 2}
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time()))
    assert ends(limits(index=2, **many), tried, since_gain=50)
    assert not ends(limits(index=3, **many), tried, since_gain=50)
    assert ends(limits(index=3, **many), tried, since_gain=100)
    assert ends(limits(index=3, patience=20, **many), tried, since_gain=50)
    monkeypatch.delenv(STARTED_VARIABLE)  # on a cluster
    assert ends(limits(index=3, **many), tried, since_gain=50)


def test_search_stops_if_all_trials_fail() -> None:
    assert ends(limits(max_trials=99), [trial("failed")] * 8)
    assert not ends(limits(max_trials=99), [trial("failed")] * 8 + [trial("pruned")])


def test_search_stops_at_its_deadline() -> None:
    assert not ends(limits(seconds=5.0, time_limit=60.0), [trial(seconds=9.0)])
    over = SearchLimits(BranchSpec("own_tree", time_limit=60.0), tree_spec(), deadline=Deadline(1.0))
    assert ends(over, [trial("timeout")])


def test_a_trial_needs_some_time_to_spare() -> None:
    assert 4.0 < limits(seconds=5.0, time_limit=60.0).available() < 5.0
    assert limits(time_limit=0.0).available() == math.inf


def test_too_little_time_to_start() -> None:
    assert limits(seconds=0.1, time_limit=60.0).hopeless()
    assert not limits(seconds=1.0, time_limit=60.0).hopeless()


def test_trial_timeout_limits_the_trial() -> None:
    made = limits(seconds=50.0, time_limit=60.0, trial_timeout=2.0)
    assert made.end_of_trial().remaining() == pytest.approx(2.0, abs=0.2)
    assert made.interruption(first=True).remaining() == pytest.approx(2.4, abs=0.2)


def test_first_trial_may_exceed_the_deadline_of_the_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - span("train_candidate", 60.0)[1] + 5))
    made = limits(seconds=3.0, time_limit=60.0)
    assert made.interruption(first=False).remaining() == pytest.approx(3.3, abs=0.3)
    assert made.interruption(first=True).remaining() == pytest.approx(5.0, abs=0.3)
    # A short share is exceeded by some seconds.
    assert limits(seconds=0.4, time_limit=60.0).interruption(first=True).remaining() == pytest.approx(
        3.4, abs=0.2
    )
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 100))
    assert limits(seconds=0.1, time_limit=60.0).interruption(first=True).remaining() == pytest.approx(
        1.0, abs=0.2
    )


def test_baseline_always_has_time() -> None:
    """A run without any model fails, so the baseline is fitted even on a machine that is very busy."""
    baseline = BranchSpec("baseline", time_limit=60.0)
    made = SearchLimits(baseline, tree_spec(cost=Cost(0.5)), deadline=Deadline(1.0))
    assert made.interruption(first=True).remaining() == pytest.approx(20.0, abs=0.5)


def test_pruning_compares_the_same_folds() -> None:
    metric = resolve_metric("roc_auc", "binary")
    done = [trial(folds=(0.6, 0.9))] * 2 + [trial(folds=(0.8, 0.9))] * 2
    prune([0.71], done, metric=metric, n_folds=2)
    with pytest.raises(PrunedError, match="fold 1 of 2"):
        prune([0.69], done, metric=metric, n_folds=2)
    prune([0.1], done[:3], metric=metric, n_folds=2)  # too few trials to compare with
    prune([0.1, 0.1], done, metric=metric, n_folds=2)  # no folds left to skip
    prune([math.nan], [], metric=metric, n_folds=2)


def test_pruning_with_an_error_metric() -> None:
    metric = resolve_metric("rmse", "regression")
    done = [trial(folds=(2.0, 2.0))] * 4
    prune([1.9], done, metric=metric, n_folds=2)
    with pytest.raises(PrunedError):
        prune([2.1], done, metric=metric, n_folds=2)
