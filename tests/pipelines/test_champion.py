"""Tests of champion and challenger in complete runs on the embedded engine. Each test builds on the previous one."""

import json
import os
import signal
import subprocess
import sys
import time

import mlflow
import pandas as pd
import pytest

import podium
from podium_ml.champions.registry import ModelRegistry
from podium_ml.errors import RunError
from podium_ml.run.stages import TASKS, stage
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
QUICK = {"algorithms": "logistic_regression,decision_tree", "max_trials": 1, "name": "churn"}
PODIUM = [sys.executable, "-m", "podium.main"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of all runs, with the data of the first run, in which every fifth label is the same."""
    folder = tmp_path_factory.mktemp("runs")
    table = binary_table(220)
    table.loc[::5, "churn"] = "no"
    table.to_csv(folder / "first.csv", index=False)
    return folder


@pytest.fixture
def registry(folder, monkeypatch):
    """Return the registry beside the runs, and restore the environment variables that MLflow sets."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, f"sqlite:///{folder}/mlflow.db")
    registry = ModelRegistry(str(folder))
    # Runs find the registry in their folder.
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name)
    return registry


def run(folder, out, *, source="first.csv", **settings):
    return podium.run(folder / source, "churn", out=folder / out, **QUICK, **settings).wait()


def decision_of(finished):
    return json.loads((finished.path / "decision.json").read_text(encoding="utf-8"))


def test_first_run_sets_champion(folder, registry):
    finished = run(folder, "first")
    assert decision_of(finished)["promoted"]
    champion = registry.champion("churn")
    assert champion.reference == "churn/1"
    assert champion.tags["podium.decision"] == "promoted"
    assert champion.tags["podium.fingerprint"]
    assert "Champion and challenger" in finished.report.read_text(encoding="utf-8")
    names = {one.path for one in mlflow.MlflowClient().list_artifacts(champion.run_id, "champion")}
    assert {f"champion/{name}" for name in ("profile.json", "configurations.json", "seen_rows.npy")} <= names


def test_run_without_changes_ends_early(folder, registry):
    started = time.monotonic()
    finished = run(folder, "again", skip_unchanged=True)
    assert time.monotonic() - started < 30
    assert finished.status == "succeeded"
    assert finished.state.note.startswith("Unchanged")
    with pytest.raises(RunError, match="Unchanged"):
        _ = finished.leaderboard
    stages = {event.get("stage") for event in finished.folder.events()}
    assert "resolve_inputs" in stages
    assert "ingest_data" not in stages
    assert registry.champion("churn").number == "1"


def test_better_model_is_promoted_with_a_reason(folder, registry):
    binary_table(6000, seed=1).to_csv(folder / "better.csv", index=False)
    finished = run(folder, "better", source="better.csv", skip_unchanged=True)
    decision, champion = decision_of(finished), registry.champion("churn")
    assert decision["promoted"], decision
    assert decision["champion"] == "churn/1"
    assert decision["low"] > 0
    assert champion.number == "2"
    assert champion.tags["podium.previous_champion"] == "1"
    assert champion.tags["podium.reason"] == decision["reason"]
    assert "replaces churn/1 as champion" in finished.report.read_text(encoding="utf-8")
    ledger = pd.read_json(finished.path / "trials.jsonl", lines=True)
    assert "replay" in set(ledger["origin"])  # the champion's configurations were tried first


def test_worse_model_is_not_promoted(folder, registry):
    table = binary_table(600, seed=2)
    table["churn"] = table["churn"].sample(frac=1, random_state=0).to_numpy()
    table["usage"] += 100
    table.to_csv(folder / "worse.csv", index=False)
    finished = run(folder, "worse", source="worse.csv")
    decision = decision_of(finished)
    assert not decision["promoted"]
    assert registry.champion("churn").number == "2"
    held = registry.version("churn", "3")
    assert (held.tags["podium.decision"], held.tags["podium.reason"]) == ("held", decision["reason"])
    guardrails = json.loads((finished.path / "guardrails.json").read_text(encoding="utf-8"))
    drift = next(one for one in guardrails if one["name"] == "champion_drift")
    assert drift["outcome"] == "alert"
    assert "usage" in drift["columns"]


def test_rollback_restores_previous_champion(folder, registry):
    words = [*PODIUM, "rollback", "churn", "--folder", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == "The champion of 'churn' is now version 1 instead of version 2.\n", done.stderr
    assert registry.champion("churn").number == "1"
    again = subprocess.run(words, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr.count("\n") == 1


def test_run_killed_in_any_task_keeps_champion(folder, registry):
    """The run is killed and resumed at the start of each task, and changes the champion when it finally succeeds."""
    killed = podium.run(folder / "first.csv", "churn", out=folder / "killed", promote="always", **QUICK)
    killed_at = set()
    while killed_at != set(TASKS):
        killed_at.add(next_task(killed, killed_at))
        os.killpg(killed.state.pid, signal.SIGKILL)
        killed = interrupted(killed)
        assert registry.champion("churn").number == "1", killed_at
        killed.resume()
    assert killed.wait().status == "succeeded"
    assert registry.champion("churn").number != "1"


def next_task(started, known):
    """Wait until the current attempt of a run starts a task that is not in ``known``, and return the task."""
    since, end = started.state.started, time.monotonic() + 60
    while True:
        for event in started.folder.events():
            if event["event"] == "stage_started" and event["at"] >= since:
                task = stage(event["stage"]).task
                if task not in known:
                    return task
        assert time.monotonic() < end, f"no task except {known} started"
        assert started.status == "running", started.state.error
        time.sleep(0.01)


def interrupted(started):
    """Wait until the process of a run has ended, and return the run."""
    end = time.monotonic() + 10
    while podium.open_run(started.path).status == "running":
        assert time.monotonic() < end
        started._engine._process.poll()  # a dead child stays in the process table until it is polled
        time.sleep(0.01)
    return podium.open_run(started.path)
