"""Tests of the stage ``train_candidate``."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.stages import train_candidate
from podium_ml.training.candidate_folder import CandidateFolder
from tests.unit.training.conftest import TASKS, make_problem, make_table


def run(
    folder: Path, task: str = "binary", *, problem: dict[str, Any] | None = None, **branch: Any
) -> dict[str, Any]:
    make_table(task).save(folder / "features")
    make_problem(task, **problem or {}).save(folder / "problem.json")
    return train_candidate.run(
        features=str(folder / "features"),
        problem=str(folder / "problem.json"),
        branch=BranchSpec(**branch).to_dict(),
        candidate=str(folder / "candidate"),
    )


@pytest.mark.parametrize("task", TASKS)
def test_training_reports_its_result(tmp_path: Path, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_EVENTS", str(tmp_path / "events.jsonl"))
    facts = run(tmp_path, task, algorithm="lightgbm", max_trials=2)
    folder = CandidateFolder(tmp_path / "candidate")
    best = folder.candidate.kept[0]
    assert facts["status"] == "ok"
    assert facts["score"] == best.score
    assert facts["n_trials"] == len(folder.trials()) == folder.candidate.n_trials == 2
    assert folder.candidate.peak_memory_bytes > 10**7
    assert folder.candidate.seconds > 0
    assert folder.candidate.reason == ""
    assert len(folder.load_oof(best.number).rows) == 200
    last = json.loads((tmp_path / "events.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["algorithm"], last["status"]) == ("branch_finished", "lightgbm", "ok")
    json.dumps(facts)


def test_failing_algorithm_gives_a_failed_candidate(tmp_path: Path) -> None:
    configurations = ({"no_such_parameter": 1},)
    facts = run(tmp_path, algorithm="baseline", configurations=configurations, max_trials=1)
    assert facts["status"] == "failed"
    assert facts["score"] is None
    assert "no_such_parameter" in facts["reason"]
    assert Candidate.load(tmp_path / "candidate" / "candidate.json").reason == facts["reason"]


def test_error_in_the_stage_gives_a_failed_candidate(tmp_path: Path) -> None:
    assert "nothing_known" in run(tmp_path, algorithm="nothing_known")["reason"]
    wrong = run(tmp_path, problem={"metric": "no_metric"}, algorithm="baseline")
    assert wrong["status"] == "failed"
    assert "no_metric" in wrong["reason"]
    unsplittable = run(
        tmp_path, problem={"fold_strategy": "holdout", "holdout_fraction": 7.0}, algorithm="baseline"
    )
    assert unsplittable["status"] == "failed"
    assert "Error" in unsplittable["reason"]


def test_only_the_baseline_is_trained_after_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 1000))
    late = run(tmp_path, algorithm="lightgbm", time_limit=60.0)
    assert late["status"] == "failed"
    assert "time" in late["reason"]
    assert run(tmp_path, algorithm="baseline", time_limit=60.0)["status"] == "ok"


def test_branch_ends_within_its_share_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STARTED_VARIABLE, raising=False)
    began = time.time()
    facts = run(tmp_path, algorithm="lightgbm", time_limit=60.0, seconds=2.0)
    assert facts["status"] == "ok"
    assert time.time() - began < 4.0


def test_failure_of_the_process_is_recorded(tmp_path: Path) -> None:
    arguments = {"path": str(tmp_path / "candidate"), "algorithm": "lightgbm", "reason": "It was killed."}
    facts = train_candidate.record_failure(**arguments)
    assert (facts["status"], facts["reason"]) == ("failed", "It was killed.")


def test_training_is_reproducible(tmp_path: Path) -> None:
    facts = [run(tmp_path / name, "multiclass", algorithm="lightgbm", max_trials=3) for name in "ab"]
    assert facts[0]["score"] == facts[1]["score"]
    first, second = (CandidateFolder(tmp_path / name / "candidate") for name in "ab")
    np.testing.assert_array_equal(first.load_oof(0).values, second.load_oof(0).values)
