"""Tests of how the time limit is divided among the stages."""

import itertools
import json
import time
from pathlib import Path

import pytest

from podium_ml.run import budget
from podium_ml.run.budget import (
    BEGAN_VARIABLE,
    STARTED_VARIABLE,
    span,
    stage_deadline,
    stage_seconds,
    stage_timeout,
    training_seconds,
    training_seconds_left,
)
from podium_ml.run.events import EVENTS_VARIABLE, emit
from podium_ml.run.stages import STAGES

TIMED = tuple(one.name for one in STAGES if one.is_timed)
LIMITS = (15.0, 16.0, 30.0, 60.0, 149.0, 151.0, 300.0, 1800.0, 7200.0, 86400.0)
ROWS = (0, 1_000, 50_000, 2_000_000)
CASES = tuple(itertools.product(LIMITS, ROWS))


def length(stage: str, limit: float, rows: int = 0) -> float:
    """Return the seconds of a stage."""
    begins, ends = span(stage, limit, rows=rows)
    return ends - begins


@pytest.mark.parametrize(("limit", "rows"), [(1.0, 0), (5.0, 1_000), *CASES])
def test_stages_follow_each_other_and_end_with_the_limit(limit: float, rows: int) -> None:
    spans = [span(name, limit, rows=rows) for name in TIMED]
    assert spans[0][0] == 0.0
    assert spans[-1][1] == pytest.approx(limit)
    for (begins, ends), (following, _) in itertools.pairwise(spans):
        assert begins < ends
        assert ends == pytest.approx(following, abs=0.002)


@pytest.mark.parametrize(("limit", "share"), [(60.0, 0.8), (300.0, 0.92), (1800.0, 0.97), (86400.0, 0.97)])
def test_training_gets_most_of_the_limit(limit: float, share: float) -> None:
    training = length("train_candidate", limit, 1_000) + length("refit_model", limit, 1_000)
    assert training >= share * limit
    assert training_seconds(limit, rows=1_000) == pytest.approx(length("train_candidate", limit, 1_000))


@pytest.mark.parametrize("rows", ROWS)
def test_share_of_training_never_falls_as_the_limit_grows(rows: int) -> None:
    shares = [training_seconds(limit, rows=rows) / limit for limit in LIMITS]
    assert shares == sorted(shares)
    assert shares[0] > 0.4


@pytest.mark.parametrize("limit", LIMITS)
def test_large_tables_get_more_time_outside_of_training(limit: float) -> None:
    for name in set(TIMED) - {"train_candidate", "refit_model"}:
        assert length(name, limit, 1_000_000) >= length(name, limit, 1_000) - 1e-3
    assert training_seconds(limit, rows=1_000_000) <= training_seconds(limit, rows=1_000)


def test_without_a_limit_there_is_no_deadline() -> None:
    assert training_seconds(0.0) == 0.0
    assert stage_timeout("refit_model", "") == 0.0
    assert not stage_deadline("train_candidate", None).passed()


def test_local_deadlines_count_from_the_start_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() + 1000))  # no stage is late
    moments = [stage_deadline(name, "100s").at - time.time() - 1000 for name in TIMED]
    assert moments == [pytest.approx(span(name, 100.0)[1], abs=0.5) for name in TIMED]


def test_late_stages_before_training_keep_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guardrails must not be left out because imports took long; the search can make up for it."""
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 50))
    assert stage_deadline("validate_data", "100s").remaining() == pytest.approx(1.95, abs=0.2)
    assert stage_deadline("train_candidate", "100s").at == pytest.approx(
        time.time() - 50 + span("train_candidate", 100.0)[1], abs=0.5
    )
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 99))
    assert stage_deadline("select_model", "100s").passed()


def test_a_late_search_gets_a_part_of_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A busy machine took longer for the stages before it than the whole limit; the plan counts on the same part."""
    whole, began = training_seconds(30.0), time.time() - 40
    monkeypatch.setenv(STARTED_VARIABLE, str(began))
    least = training_seconds_left(30.0)
    assert least == pytest.approx(0.4 * whole)
    assert training_seconds_left(60.0) == training_seconds(60.0)
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    emit("branch_planned", index=0)
    assert 0.5 * least < stage_deadline("train_candidate", "30s").remaining() <= least
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time()))
    assert training_seconds_left(30.0) == whole
    monkeypatch.delenv(STARTED_VARIABLE)
    assert training_seconds_left(30.0) == whole
    assert training_seconds_left(0.0) == 0.0


def test_late_ensembles_keep_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any, a run hands over a single model although several together are better."""
    ends = span("train_candidate", 60.0)[1]
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - ends - 3.0))
    own = stage_seconds("build_ensemble", 60.0)
    assert stage_deadline("build_ensemble", "60s").remaining() == pytest.approx(own, abs=0.2)
    assert stage_deadline("select_model", "60s").remaining() < stage_seconds("select_model", 60.0)


def test_late_refit_keeps_its_time_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    own = stage_seconds("refit_model", 100.0)
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 94.5))
    assert stage_deadline("refit_model", "100s").remaining() == pytest.approx(min(own, 5.5), abs=0.3)
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 101))
    assert stage_deadline("refit_model", "100s").passed()


@pytest.mark.parametrize(("seconds", "pace"), [(2.0, 1.0), (3.0, 1.0), (3.75, 1.25), (20.0, 1.5)])
def test_run_that_starts_slowly_ends_its_training_earlier(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: float, pace: float
) -> None:
    """A busy machine slows down the stages after training as well, and the run must end in time."""
    monkeypatch.setenv(STARTED_VARIABLE, "1000")
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    before = stage_deadline("train_candidate", 60.0).at
    with (tmp_path / "events.jsonl").open("w") as file:
        for at in (500.0, 1000.0 + seconds):  # an earlier attempt, and this one
            file.write(json.dumps({"event": "branch_planned", "at": at}) + "\n")
    after = stage_deadline("train_candidate", 60.0).at
    assert before == pytest.approx(1000 + span("train_candidate", 60.0)[1])
    assert after == pytest.approx(1000 + span("train_candidate", 60.0, pace=pace)[1])
    assert stage_deadline("publish_run", 60.0).at == pytest.approx(1060)
    assert (after < before) == (pace > 1)


@pytest.mark.parametrize(("limit", "rows"), CASES)
def test_slow_run_still_trains(limit: float, rows: int) -> None:
    begins, ends = span("train_candidate", limit, rows=rows, pace=1.5)
    assert 0.1 * limit < ends - begins < training_seconds(limit, rows=rows)
    assert span("publish_run", limit, rows=rows, pace=1.5)[1] == pytest.approx(limit)


def on_a_cluster(
    monkeypatch: pytest.MonkeyPatch, *, elapsed: float, start: float, waited: float = 0.0
) -> None:
    """Pretend to be a pod that was made some seconds after the start of the run, and took some to start."""
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    monkeypatch.setenv(BEGAN_VARIABLE, f"1000 {elapsed:f}")
    monkeypatch.setattr(budget, "_LOADED", 1000 + elapsed + start + waited)
    monkeypatch.setattr(time, "time", lambda: budget._LOADED)


@pytest.mark.parametrize("start", [4.0, 8.0, 15.0])
@pytest.mark.parametrize("limit", [600.0, 1800.0, 14400.0])
def test_run_on_a_cluster_ends_in_time(limit: float, start: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the training, eight pods start one after another, and the later stages use all of their time."""
    later = 1.3 * start
    on_a_cluster(monkeypatch, elapsed=13 * start, start=start)
    now = stage_deadline("train_candidate", limit).at
    now += length("build_ensemble", limit) + length("select_model", limit) + 4 * later
    on_a_cluster(monkeypatch, elapsed=now - 1000 - later, start=later)
    evaluated = now + length("evaluate_models", limit) + length("challenge_champion", limit)
    now = max(stage_deadline("refit_model", limit).at, now + length("explain_model", limit), evaluated)
    now += length("publish_run", limit) + 4 * later
    assert 0.9 * limit < now - 1000 < 1.02 * limit


def test_training_on_a_cluster_leaves_time_for_slow_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = []
    for start in (4.0, 8.0, 15.0):
        on_a_cluster(monkeypatch, elapsed=13 * start, start=start)
        ends.append(stage_deadline("train_candidate", "10m").at)
    assert ends == sorted(ends, reverse=True)
    assert ends[0] - ends[-1] > 8 * 11.0


def test_waiting_for_a_node_is_not_a_slow_start(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_cluster(monkeypatch, elapsed=13 * 5.0, start=5.0)
    soon = stage_deadline("train_candidate", "30m").at
    on_a_cluster(monkeypatch, elapsed=13 * 5.0, start=5.0, waited=400.0)
    assert stage_deadline("train_candidate", "30m").at == pytest.approx(soon)


def test_late_branches_on_a_cluster_get_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_cluster(monkeypatch, elapsed=65.0, start=5.0)
    end = stage_deadline("train_candidate", "30m").at - 1000
    on_a_cluster(monkeypatch, elapsed=65.0, start=5.0, waited=end - 75.0)
    assert stage_deadline("train_candidate", "30m").remaining() == pytest.approx(60.0)


def test_branches_that_start_late_one_after_another_end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a node with room for one of them at a time."""
    on_a_cluster(monkeypatch, elapsed=65.0, start=5.0)
    end = now = stage_deadline("train_candidate", "10m").at
    for _ in range(3):
        on_a_cluster(monkeypatch, elapsed=65.0, start=5.0, waited=now - 1070.0)
        now = stage_deadline("train_candidate", "10m").at
    assert end < now < end + 0.05 * 600 + 3 * 10


@pytest.mark.parametrize("name", ["validate_data", "select_model", "evaluate_models", "publish_run"])
def test_stages_that_do_not_train_keep_their_time_on_a_cluster(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_cluster(monkeypatch, elapsed=5000.0, start=5.0)
    assert stage_deadline(name, "10m").remaining() == pytest.approx(length(name, 600.0), abs=0.5)


@pytest.mark.parametrize("text", ["", "soon", "{{workflow.creationTimestamp.s}} {{workflow.duration}}"])
def test_unknown_start_of_a_run_on_a_cluster(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    monkeypatch.setenv(BEGAN_VARIABLE, text)
    assert stage_deadline("train_candidate", "10m").remaining() == pytest.approx(
        length("train_candidate", 600.0), abs=0.5
    )


def test_stages_on_a_cluster_get_their_own_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (STARTED_VARIABLE, BEGAN_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    for name in TIMED:
        expected = pytest.approx(length(name, 600.0), abs=0.5)
        assert stage_deadline(name, "10m").remaining() == expected
