"""Tests of how long a run and its stages took."""

import json
import time

import pytest

from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.run.elapsed import run_seconds, stage_seconds
from podium_ml.run.events import EVENTS_VARIABLE

EVENTS = [
    {"event": "stage_started", "at": 40.0, "stage": "ingest_data"},
    {"event": "stage_finished", "at": 99.0, "stage": "ingest_data"},
    {"event": "stage_started", "at": 101.0, "stage": "ingest_data"},
    {"event": "stage_finished", "at": 103.0, "stage": "ingest_data"},
    {"event": "stage_started", "at": 103.0, "stage": "train_candidate", "algorithm": "ridge"},
    {"event": "stage_started", "at": 104.0, "stage": "train_candidate", "algorithm": "lightgbm"},
    {"event": "stage_finished", "at": 109.0, "stage": "train_candidate", "algorithm": "ridge"},
    {"event": "stage_finished", "at": 113.0, "stage": "train_candidate", "algorithm": "lightgbm"},
    {"event": "stage_started", "at": 113.0, "stage": "publish_run"},
]


def test_seconds_of_a_run(monkeypatch):
    monkeypatch.setenv(STARTED_VARIABLE, repr(time.time() - 60))
    assert run_seconds() == pytest.approx(60, abs=5)
    monkeypatch.delenv(STARTED_VARIABLE)
    assert run_seconds() is None


def test_branches_count_from_the_first_start_to_the_last_end(monkeypatch, tmp_path):
    """The stages of an earlier attempt, and those that have not ended, are left out."""
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    monkeypatch.setenv(STARTED_VARIABLE, "100.0")
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events.jsonl"))
    assert stage_seconds() == (("Reading the data", 2.0), ("Training the algorithms", 10.0))


def test_no_stages_are_known_on_a_cluster(monkeypatch):
    monkeypatch.delenv(EVENTS_VARIABLE, raising=False)
    assert stage_seconds() == ()
