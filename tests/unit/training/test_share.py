"""Tests of the share of the training time that one branch may use."""

import heapq
import math
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podium_ml.contracts import BranchSpec
from podium_ml.run.budget import BEGAN_VARIABLE, STARTED_VARIABLE, Deadline, span
from podium_ml.run.events import EVENTS_VARIABLE, emit
from podium_ml.training.share import branch_deadline, share_of_rest

WEIGHTS = st.lists(st.floats(0.1, 3.0), min_size=1, max_size=20).map(tuple)


def branches(weights: tuple[float, ...], *, slots: int) -> list[BranchSpec]:
    return [BranchSpec("any", index=i, weights=weights, slots=slots) for i in range(len(weights))]


def simulate(plan: list[BranchSpec], *, used: float) -> list[tuple[float, float]]:
    """Run a plan in a window of length 1 and return the start and share of each branch.

    Each branch uses the fraction ``used`` of its share.
    """
    free = [0.0] * plan[0].slots
    runs = []
    for branch in plan:
        start = heapq.heappop(free)
        share = (1 - start) * share_of_rest(branch)
        runs.append((start, share))
        heapq.heappush(free, start + used * share)
    return runs


@given(WEIGHTS, st.integers(1, 4), st.floats(0.0, 1.0))
def test_no_branch_gets_more_than_the_remaining_time(
    weights: tuple[float, ...], slots: int, used: float
) -> None:
    for start, share in simulate(branches(weights, slots=slots), used=used):
        assert share > 0
        assert start + share <= 1 + 1e-9


@given(WEIGHTS, st.integers(1, 3))
@example((2.0, 2.0, 2.0, 0.25, 1.0), 2)
def test_every_branch_gets_a_minimum_share(weights: tuple[float, ...], slots: int) -> None:
    """Even if all branches use their whole share, each gets at least a twentieth of its planned share."""
    for weight, (_, share) in zip(weights, simulate(branches(weights, slots=slots), used=1.0), strict=True):
        assert share > 0.05 * min(1.0, slots * weight / math.fsum(weights))


@given(WEIGHTS)
def test_unused_time_goes_to_later_branches(weights: tuple[float, ...]) -> None:
    plan = branches(weights, slots=2)
    thrifty, greedy = simulate(plan, used=0.1), simulate(plan, used=1.0)
    assert thrifty[-1][1] >= greedy[-1][1] - 1e-9


def test_last_branch_may_use_all_remaining_time() -> None:
    assert share_of_rest(BranchSpec("last", index=2, weights=(1.0, 1.0, 1.0), slots=2)) == 1.0
    assert share_of_rest(BranchSpec("none", weights=(0.0,))) == 1.0


BRANCH = BranchSpec("any", index=0, weights=(1.0, 1.0, 1.0, 1.0), seconds=7.0, time_limit=100.0)


def test_no_deadline_without_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time()))
    assert branch_deadline(replace(BRANCH, time_limit=0.0)).at == math.inf


def test_branch_on_a_cluster_gets_its_planned_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    assert branch_deadline(BRANCH).remaining() == pytest.approx(7.0, abs=0.5)
    assert branch_deadline(replace(BRANCH, seconds=0.0)).remaining() == 0.0


@pytest.mark.parametrize(
    ("ago", "left"),
    [
        (30, 40.0),  # the planned seconds
        (50, span("train_candidate", BRANCH.time_limit)[1] - 50),  # the remaining training time
        (
            72,
            span("train_candidate", BRANCH.time_limit)[1] - 72 + 0.05 * BRANCH.time_limit,
        ),  # a little after the end
        (1000, 10.0),  # a few seconds however late
    ],
)
def test_late_branch_on_a_cluster_gets_less_time(
    monkeypatch: pytest.MonkeyPatch, ago: float, left: float
) -> None:
    """Branches that wait for a node must not extend the run far beyond its time limit."""
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    monkeypatch.setenv(BEGAN_VARIABLE, str(int(time.time() - ago)))
    assert branch_deadline(replace(BRANCH, seconds=40.0)).remaining() == pytest.approx(left, abs=1.0)


def test_local_branches_share_the_remaining_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 30))
    left = span("train_candidate", 100.0)[1] - 30
    assert branch_deadline(BRANCH).remaining() == pytest.approx(left / 2, rel=0.1)
    last = replace(BRANCH, index=3)
    assert 0.9 * left < branch_deadline(last).remaining() < left


def test_no_time_is_left_after_the_training_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 200))
    assert branch_deadline(BRANCH).remaining() == 0.0


def test_the_first_model_has_some_seconds_however_late(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On a busy machine a short limit may be over when branches start; the baseline alone is of no use."""
    began, few = time.time() - 200, replace(BRANCH, rows=300, time_limit=30.0)
    monkeypatch.setenv(STARTED_VARIABLE, str(began))
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    emit("branch_planned", index=0)
    emit("trial_finished", algorithm="baseline", outcome="complete")
    emit("trial_finished", algorithm="lightgbm", outcome="failed")
    monkeypatch.setattr("podium_ml.training.share.stage_deadline", lambda *_, **__: Deadline(began + 80))
    assert branch_deadline(few).remaining() == pytest.approx(5.0, abs=0.5)
    assert branch_deadline(replace(few, rows=1_000_000)).remaining() == 0.0
    assert branch_deadline(replace(few, time_limit=60.0)).remaining() == 0.0
    emit("trial_finished", algorithm="lightgbm", outcome="complete")
    assert branch_deadline(few).remaining() == 0.0
