"""Tests of the stage that plans the training."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.run.concurrency import SLOTS_VARIABLE
from podium_ml.settings import PlanSettings, TabularSettings
from podium_ml.stages import plan_training
from podium_ml.tabular.validation.infer_problem import infer_problem
from podium_ml.training.failure_notes import leave_note

NUMBER = np.arange(100.0)


def planned(folder, target, score="", address="", limit=""):
    table = pd.DataFrame({"a": NUMBER % 7, "b": NUMBER % 3, "y": target})
    inferred = infer_problem(table, TabularSettings(target="y"))
    inferred.problem.save(folder / "problem.json")
    inferred.profile.save(folder / "profile.json")
    given = {"time_limit": limit} if limit else {}
    settings = TabularSettings(target="y", target_score=score, **given).cut(PlanSettings)
    paths = {"problem": str(folder / "problem.json"), "validation": str(folder)}
    return plan_training.run(**paths, settings=settings, address=address)


def plan(*given, **options):
    return planned(*given, **options)["plan"]


@pytest.mark.parametrize(
    ("target", "score", "words"),
    [
        (NUMBER % 2, "95", "AUC cannot be 95.* from 0 to 1"),
        (NUMBER**2, "-1", "RMSE cannot be -1.* at least 0"),
    ],
)
def test_target_score_must_be_possible(target, score, words, tmp_path):
    with pytest.raises(SettingsError, match=f"target_score: {words}"):
        plan(tmp_path, target, score)
    assert plan(tmp_path, target, "0.95")


def test_branch_that_failed_on_these_data_gets_other_parameters(tmp_path):
    """Other parameters mean another cache key, so Kubeflow does not take the failure from its cache."""
    first = plan(tmp_path, NUMBER % 2, address=str(tmp_path))
    assert plan(tmp_path, NUMBER % 2, address=str(tmp_path)) == first
    failed = first[1]
    assert not leave_note(failed["note"], "Killed.")
    second = plan(tmp_path, NUMBER % 2, address=str(tmp_path))
    assert [one for one in second if one not in first] == [second[1]]
    assert {**second[1], "note": failed["note"]} == failed
    assert not leave_note(second[1]["note"], "Killed again.")
    assert plan(tmp_path, NUMBER % 2, address=str(tmp_path))[1] not in (first[1], second[1])


def test_resumed_run_has_the_same_plan_however_busy_the_machine_is(tmp_path, monkeypatch):
    """Another plan would mean other parameters of the branches, and finished ones would be repeated."""
    monkeypatch.setenv(SLOTS_VARIABLE, "2")
    plans = []
    for pace in (1.0, 3.0):
        monkeypatch.setattr(plan_training, "machine_pace", lambda patience, pace=pace: pace)
        plans.append(plan(tmp_path, NUMBER % 2, limit="60s"))
    assert plans[0] == plans[1]
    (tmp_path / "pace.txt").unlink()
    assert plan(tmp_path, NUMBER % 2, limit="60s") != plans[0]


def test_note_of_other_settings_does_not_count(tmp_path):
    failed = plan(tmp_path, NUMBER % 2, score="0.9", address=str(tmp_path))[1]
    asked = plan(tmp_path, NUMBER % 2, address=str(tmp_path))
    assert not leave_note(failed["note"], "Killed.")
    assert plan(tmp_path, NUMBER % 2, address=str(tmp_path)) == asked


def test_notes_need_an_address(tmp_path):
    assert {one["note"] for one in plan(tmp_path, NUMBER % 2)} == {""}


def test_stage_that_failed_on_these_data_gets_another_note(tmp_path):
    notes = planned(tmp_path, NUMBER % 2, address=str(tmp_path))["notes"]
    assert set(notes) == {"challenge_champion", "refit_model"}
    assert not leave_note(notes["refit_model"], "Killed.")
    again = planned(tmp_path, NUMBER % 2, address=str(tmp_path))["notes"]
    assert again["refit_model"] != notes["refit_model"]
    assert again["challenge_champion"] == notes["challenge_champion"]


def test_note_in_an_object_store(s3, tmp_path):
    s3.create_bucket(Bucket="runs")
    assert not leave_note("minio://runs/v2/1/failures/ridge-0", "Killed.")
    assert s3.get_object(Bucket="runs", Key="v2/1/failures/ridge-0")["Body"].read() == b"Killed."


def test_note_without_access_is_no_error(s3):
    assert "NoSuchBucket" in leave_note("s3://nobody/ridge-0", "Killed.")
