"""Tests of ``CandidateFolder``, including killed processes and full disks."""

import errno
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.errors import PodiumError
from podium_ml.run.budget import Deadline
from podium_ml.training.candidate_folder import CandidateFolder, mark_failed
from podium_ml.training.search import Plan, Search
from tests.unit.training.conftest import make_problem, make_table, tree_spec


def search_in(path: Path, spec: Any, **limits: Any) -> Search:
    return Search(
        spec,
        make_table("binary"),
        problem=make_problem("binary"),
        branch=BranchSpec(algorithm=spec.name, **limits),
        folder=CandidateFolder.create(path, spec.name),
        deadline=Deadline(),
    )


def test_empty_candidate_counts_as_failed(tmp_path: Path) -> None:
    folder = CandidateFolder.create(tmp_path / "candidate", "lightgbm")
    assert folder.candidate.status == "failed"
    assert folder.candidate.reason
    assert folder.trials() == []


def test_create_removes_an_existing_candidate(tmp_path: Path) -> None:
    search_in(tmp_path / "candidate", tree_spec(), max_trials=1).run()
    folder = CandidateFolder.create(tmp_path / "candidate", "own_tree")
    assert folder.candidate.kept == ()
    assert list((folder.path / "models").iterdir()) == []


def test_loaded_model_and_its_recorded_facts(tmp_path: Path) -> None:
    search_in(tmp_path, tree_spec(), max_trials=1).run()
    folder = CandidateFolder(tmp_path)
    (kept,) = folder.candidate.kept
    raw = folder.load_model(kept.number).predict_raw(make_table("binary").X)
    assert raw.shape == folder.load_oof(kept.number).values.shape == (200, 2)
    assert kept.size_bytes == folder.model_file(kept.number).stat().st_size
    assert kept.fit_seconds > 0
    assert kept.row_seconds > 0


def test_truncated_ledger_line_is_ignored(tmp_path: Path) -> None:
    search_in(tmp_path, tree_spec(), max_trials=2).run()
    ledger = tmp_path / "trials.jsonl"
    ledger.write_text(ledger.read_text() + '{"contract": "Tri')
    assert len(CandidateFolder(tmp_path).trials()) == 2


def sleep_from_the_third_on(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
    if estimator.max_depth == 7:
        time.sleep(600)
    return estimator.fit(X, y)


def _train(path: Path) -> None:
    spec = tree_spec(
        sleep_from_the_third_on, portfolio=[{"max_depth": 1}, {"max_depth": 3}, {"max_depth": 7}]
    )
    search_in(path, spec).run()


@pytest.fixture
def killed(tmp_path: Path) -> CandidateFolder:
    """Return the candidate of a process that was killed in the middle of its third trial."""
    process = multiprocessing.get_context("fork").Process(target=_train, args=(tmp_path / "candidate",))
    process.start()
    folder = CandidateFolder(tmp_path / "candidate")
    until = time.time() + 60
    while len(folder.trials()) < 2 and time.time() < until:
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return folder


def test_killed_branch_keeps_its_finished_trials(killed: CandidateFolder) -> None:
    assert killed.candidate.status == "ok"
    assert [one.number for one in killed.candidate.kept] == [1, 0]
    assert [trial.outcome for trial in killed.trials()] == ["complete"] * 2
    X = make_table("binary", seed=3).X
    for one in killed.candidate.kept:
        assert np.isfinite(killed.load_model(one.number).predict_raw(X)).all()
        assert np.isfinite(killed.load_oof(one.number).values).all()


def test_killed_branch_with_finished_trials_is_not_failed(killed: CandidateFolder) -> None:
    marked = mark_failed(killed.path, "own_tree", "It was killed.")
    assert marked == killed.candidate
    assert marked.status == "ok"
    assert marked.n_trials == 2
    assert marked.reason == "It was killed. 2 of its trials were kept."


def test_branch_without_finished_trials_is_failed(tmp_path: Path) -> None:
    marked = mark_failed(tmp_path / "candidate", "lightgbm", "It was killed.")
    assert marked == Candidate(algorithm="lightgbm", status="failed", reason="It was killed.")
    assert CandidateFolder(tmp_path / "candidate").candidate == marked


def test_full_disk_keeps_the_last_valid_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = search_in(tmp_path, tree_spec(), max_trials=1)
    search.run()
    before = CandidateFolder(tmp_path).candidate

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(PodiumError, match="No space left"):
        search._try(Plan("search", {"max_depth": 4}))
    assert CandidateFolder(tmp_path).candidate == before
    assert not list(tmp_path.rglob("*.partial"))
