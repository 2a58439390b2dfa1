"""Tests of the choice between the selected and the refitted model."""

import json
import subprocess
import sys

import pytest

from podium_ml.refitting.handover import MODEL, REFIT, model_to_hand_over, record_refit


@pytest.fixture
def folders(tmp_path):
    """Return the folders of the selected and the finished model."""
    return tmp_path / "model", tmp_path / "finished"


def test_refitted_model_is_handed_over(folders):
    record_refit(folders[1], refitted=True, reason="Done.")
    assert model_to_hand_over(*folders) == folders[1] / MODEL


def test_selected_model_is_handed_over_without_refit(folders):
    record_refit(folders[1], refitted=False, reason="No time.")
    assert model_to_hand_over(*folders) == folders[0] / MODEL


def test_unrecorded_refit_is_ignored(folders):
    folders[1].mkdir()
    (folders[1] / MODEL).write_bytes(b"half a model")
    assert model_to_hand_over(*folders) == folders[0] / MODEL
    record_refit(folders[1], refitted=False, reason="Killed.")
    assert model_to_hand_over(str(folders[0]), str(folders[1])) == folders[0] / MODEL


@pytest.mark.parametrize("refitted", [False, True])
def test_reason_is_recorded_and_returned(folders, refitted):
    facts = record_refit(str(folders[1]), refitted=refitted, reason="Killed by signal 9.")
    assert facts == {"refitted": refitted, "reason": "Killed by signal 9."}
    assert json.loads((folders[1] / REFIT).read_text(encoding="utf-8")) == facts


def test_last_record_takes_precedence(folders):
    record_refit(folders[1], refitted=True, reason="Done.")
    record_refit(folders[1], refitted=False, reason="Killed.")
    assert model_to_hand_over(*folders) == folders[0] / MODEL


def test_handover_imports_nothing_heavy():
    """The supervising process of a task imports this module and must stay small."""
    code = (
        "import sys, podium_ml.refitting.handover\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'pydantic'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_model_that_was_told_of_all_rows_takes_the_place_of_a_refit(tmp_path):
    for name in ("model", "finished"):
        (tmp_path / name).mkdir()
    (tmp_path / "finished" / "followed.pkl").write_text("followed")
    facts = record_refit(tmp_path / "finished", refitted=False, reason="No time.")
    assert facts["refitted"] is True
    assert model_to_hand_over(tmp_path / "model", tmp_path / "finished").read_text() == "followed"


def test_refit_comes_before_a_model_that_was_told_of_all_rows(tmp_path):
    for name in ("model", "followed"):
        (tmp_path / f"{name}.pkl").write_text(name)
    record_refit(tmp_path, refitted=True, reason="Refitted on all rows.")
    assert [path.name for path in tmp_path.glob("*.pkl")] == ["model.pkl"]
    assert (tmp_path / "model.pkl").read_text() == "model"
