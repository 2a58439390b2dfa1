"""Tests of a failing comparison with the champion: the champion stays and the run continues."""

import json
import os

import pytest

from podium_components import comparisons
from podium_components.comparisons import compare, numbers
from podium_components.supervision import WARM_VARIABLE, StageFailedError
from podium_ml.contracts import Decision, Selection
from podium_ml.run import budget
from podium_ml.run.events import EVENTS_VARIABLE
from podium_ml.settings import PromotionSettings, TabularSettings
from podium_ml.training.failure_notes import marked_failure


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    """Return the input paths of the comparison, without a model to compare."""
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    monkeypatch.setenv(EVENTS_VARIABLE, str(tmp_path / "events"))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    for name in ("model", "evaluation"):
        (tmp_path / name).mkdir()
    Selection("ridge", "", ()).save(tmp_path / "model" / "selection.json")
    return {name: str(tmp_path / name) for name in ("model", "train", "test", "problem", "evaluation")}


@pytest.fixture
def promotion(tmp_path):
    """Return the component's parameter for the champion and the promotion gate."""
    settings = TabularSettings(promote="always").cut(PromotionSettings)
    return {**settings, "champion": "", "registry": str(tmp_path)}


def events(tmp_path):
    """Return the recorded events as pairs of event and stage."""
    lines = (tmp_path / "events").read_text().splitlines()
    return [(event["event"], event["stage"]) for event in map(json.loads, lines)]


def held(inputs, tmp_path, facts):
    """Check that the decision keeps the champion, and return its reason."""
    decision = Decision.load(tmp_path / "evaluation" / "decision.json")
    assert decision.to_dict() == facts
    assert not decision.promoted
    assert decision.challenger == "ridge"
    assert decision.promote == "always"
    return decision.reason


def test_failed_comparison_keeps_champion(inputs, promotion, tmp_path):
    facts = compare(promotion, time_limit="", **inputs)
    assert "No such file" in held(inputs, tmp_path, facts)
    assert facts["champion"] == ""
    assert events(tmp_path) == [
        ("stage_started", "challenge_champion"),
        ("stage_started", "read_champion"),
        ("stage_finished", "read_champion"),
        ("stage_finished", "challenge_champion"),
    ]


def test_unreadable_champion_is_kept(inputs, promotion, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    facts = compare({**promotion, "champion": "churn/7"}, time_limit="", **inputs)
    assert held(inputs, tmp_path, facts)
    assert facts["champion"] == "churn/7"
    assert ("stage_failed", "read_champion") in events(tmp_path)
    assert events(tmp_path)[-1] == ("stage_finished", "challenge_champion")


def test_comparison_timeout_keeps_champion(inputs, promotion, tmp_path, monkeypatch):
    os.mkfifo(inputs["problem"])  # reading it blocks forever
    monkeypatch.setattr(budget, "_LEAST_SECONDS", 0.2)
    facts = compare(promotion, time_limit="1s", **inputs)
    assert "Out of time" in held(inputs, tmp_path, facts)
    assert "Out of time" in marked_failure(inputs["evaluation"])


def test_refused_champion_is_looked_at_again_by_the_next_run(inputs, promotion, tmp_path, monkeypatch):
    answers = {"read_champion": {"refused": "It is not signed."}, "challenge_champion": {"promoted": False}}
    monkeypatch.setattr(comparisons, "supervise", lambda call, *_, **__: answers[call[17:].partition(":")[0]])
    compare({**promotion, "champion": "churn/7"}, time_limit="", **inputs)
    assert marked_failure(inputs["evaluation"]) == "It is not signed."


def test_each_stage_gets_its_declared_arguments(inputs, promotion, monkeypatch):
    """One parameter of the component holds the settings of two stages."""
    calls = []

    def supervise(call, arguments, /, **options):
        calls.append((call.removeprefix("podium_ml."), set(arguments)))
        if len(calls) == 3:
            raise StageFailedError("Killed.", kind="killed")
        return {"refused": ""}

    monkeypatch.setattr(comparisons, "supervise", supervise)
    compare({**promotion, "champion": "churn/7"}, time_limit="10m", **inputs)
    assert calls == [
        ("stages.read_champion:run", {"champion", "registry", "folder"}),
        (
            "champions.confined_answer:predict",
            {"champion", "train", "test", "problem", "folder", "time_limit"},
        ),
        ("stages.challenge_champion:run", {*inputs, "champion", "settings", "time_limit"}),
        (
            "stages.challenge_champion:record_failure",
            {"champion", "model", "evaluation", "settings", "reason"},
        ),
    ]


def test_numbers_omit_missing_scores():
    decision = Decision(
        True, "Better.", "ridge", "churn/7", champion_score=0.8, challenger_score=0.9, low=0.0
    )
    assert numbers(decision.to_dict()) == {
        "champion_score": 0.8,
        "challenger_score": 0.9,
        "low": 0.0,
        "promoted": 1.0,
    }
    assert numbers(Decision(False, "First.", "ridge", "").to_dict()) == {"promoted": 0.0}
