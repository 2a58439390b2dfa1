"""Tests of the notes about failed work: tasks without a key of the store mark it, and others leave the notes."""

import json

import pytest

from podium_components.failures import leave_notes_of_branches, leave_notes_of_stages, notes_of_branches
from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.training.failure_notes import mark_failure


@pytest.fixture
def candidates(tmp_path):
    """Return the folders of a good and of a failed candidate."""
    for algorithm, status in (("good", "ok"), ("bad", "failed")):
        Candidate(algorithm, status).save(tmp_path / algorithm / "candidate.json")
    mark_failure(tmp_path / "bad", "Killed.")
    return [str(tmp_path / "good"), str(tmp_path / "bad")]


def written(tmp_path):
    return {path.name: path.read_text() for path in (tmp_path / "failures").glob("*")}


def test_only_failed_branches_leave_notes(candidates, tmp_path):
    plan = [BranchSpec(name, note=str(tmp_path / "failures" / name)).to_dict() for name in ("good", "bad")]
    leave_notes_of_branches(notes_of_branches(plan), candidates)
    assert written(tmp_path) == {"bad": "Killed."}


def test_branch_does_not_choose_where_its_note_goes(candidates, tmp_path):
    """The pod of a branch wrote its folder, and has no key of the store; the task that leaves the note has one."""
    stolen = tmp_path / "failures" / "elsewhere"
    for name in ("note", "notes", "algorithm"):
        record = json.loads((tmp_path / "bad" / "candidate.json").read_text())
        (tmp_path / "bad" / "candidate.json").write_text(json.dumps({**record, name: str(stolen)}))
    leave_notes_of_branches({"bad": str(tmp_path / "failures" / "bad")}, candidates)
    assert "elsewhere" not in written(tmp_path)


def test_failed_stages_leave_notes_where_the_plan_says(tmp_path):
    notes = {name: str(tmp_path / "failures" / name) for name in ("challenge_champion", "refit_model")}
    (tmp_path / "plan").write_text(json.dumps({"plan": [], "notes": notes}))
    mark_failure(tmp_path / "finished", "Out of time.")
    given = {"challenge_champion": str(tmp_path / "evaluation"), "refit_model": str(tmp_path / "finished")}
    leave_notes_of_stages(str(tmp_path / "plan"), **given)
    assert written(tmp_path) == {"refit_model": "Out of time."}


def test_note_that_cannot_be_written_does_not_fail_the_task(candidates, tmp_path, capsys):
    (tmp_path / "failures").write_text("a file, not a folder")
    leave_notes_of_branches({"bad": str(tmp_path / "failures" / "bad")}, candidates)
    assert "may take this failure from the cache: " in capsys.readouterr().out
