"""Tests that a search starts nothing that cannot finish. The costs are so large that the clock does not matter."""

from collections.abc import Callable
from typing import Any

import pytest

from podium_ml.algorithms import AlgorithmSpec, Cost, power
from podium_ml.run.budget import Deadline
from podium_ml.training import pacing
from podium_ml.training.search import Search
from tests.unit.training.conftest import make_table, tree_spec

Start = Callable[..., Search]
# Seconds of a fit of 133 rows (of 200, in three folds): a trial takes 4.5 times as long.
SECONDS = 1_000.0


@pytest.fixture(autouse=True)
def usual_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "run_pace", lambda: 1.0)


def slow_spec(**changes: Any) -> AlgorithmSpec:
    """Return a tree whose fits seem to take long, and less so if they are shallow."""
    cost = Cost(
        SECONDS,
        rows=0.0,
        columns=0.0,
        factors={"max_depth": power(3, 2.0)},
        cheaper=({"max_depth": 2}, {"max_depth": 1}),
    )
    return tree_spec(**{"cost": cost} | changes)


def test_first_trial_begins_with_a_cheaper_configuration(start: Start) -> None:
    search = start(
        slow_spec(), deadline=Deadline.after(3.0 * SECONDS), time_limit=4.0 * SECONDS, max_trials=1
    )
    (trial,) = search.run()
    assert trial.parameters == {"max_depth": 2}
    assert trial.usual == pytest.approx(4.5 * SECONDS * 4 / 9, rel=0.01)
    assert search.note == "To end in time, it began with a cheaper configuration (max_depth=2)."


def test_configuration_that_was_made_cheaper_is_tried_if_trials_turn_out_quick(start: Start) -> None:
    search = start(
        slow_spec(), deadline=Deadline.after(3.0 * SECONDS), time_limit=4.0 * SECONDS, max_trials=2
    )
    assert [trial.parameters for trial in search.run()] == [{"max_depth": 2}, {}]


def test_with_enough_time_nothing_changes(start: Start) -> None:
    search = start(
        slow_spec(), deadline=Deadline.after(9.0 * SECONDS), time_limit=10.0 * SECONDS, max_trials=1
    )
    assert [trial.parameters for trial in search.run()] == [{}]
    assert search.note == ""


def test_without_a_time_limit_costs_do_not_matter(start: Start) -> None:
    search = start(slow_spec(), max_trials=4)
    trials = search.run()
    assert [trial.parameters for trial in trials[:2]] == [{}, {"max_depth": 5}]
    assert {trial.usual for trial in trials} == {0.0}


def test_rows_are_limited_if_the_cheapest_configuration_takes_too_long(start: Start) -> None:
    search = start(
        slow_spec(cost=Cost(SECONDS, columns=0.0)),
        table=make_table("binary", rows=6_000),
        deadline=Deadline.after(5.0 * SECONDS),
        time_limit=6.0 * SECONDS,
        max_trials=1,
    )
    (trial,) = search.run()
    assert trial.outcome == "complete"
    assert "of the 4,000 training rows per fold" in search.note


def test_no_trial_starts_that_cannot_finish(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials really take no time here. As nothing is learned from them, only their costs count."""
    monkeypatch.setattr(pacing.Pacing, "learn", lambda *_: None)
    spec = slow_spec(portfolio=[{"max_depth": 3}, {"max_depth": 8}, {"max_depth": 2}])
    search = start(spec, deadline=Deadline.after(6.0 * SECONDS), time_limit=9.0 * SECONDS, max_trials=12)
    trials = search.run()
    assert [trial.parameters["max_depth"] for trial in trials[:2]] == [3, 2]
    assert all(trial.parameters["max_depth"] <= 3 for trial in trials)
    assert 4 <= len(trials) <= 12


def test_search_ends_if_nothing_fits_any_more(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing.Pacing, "learn", lambda *_: None)
    spec = slow_spec(cost=Cost(SECONDS, rows=0.0, columns=0.0))
    search = start(spec, deadline=Deadline.after(1.0 * SECONDS), time_limit=2.0 * SECONDS)
    assert len(search.run()) == 1
