"""Tests of the champion alias in a local MLflow registry."""

import mlflow
import pytest

from podium_ml.champions.promotion import Promotion
from podium_ml.champions.registry import (
    FINGERPRINT,
    HISTORY,
    PREVIOUS,
    ModelRegistry,
    Version,
    has_registry,
    split_reference,
)
from podium_ml.champions.rollback import rollback
from podium_ml.contracts import Decision
from podium_ml.errors import PodiumError
from podium_ml.stages import resolve_inputs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a tracking folder, and restore the environment variables that MLflow sets."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, f"sqlite:///{tmp_path}/mlflow.db")
    return str(tmp_path)


@pytest.fixture
def registry(folder):
    """Return a registry with three versions and no champion."""
    registry = ModelRegistry(folder)
    client = mlflow.MlflowClient()
    client.create_registered_model("churn")
    for _ in range(3):
        client.create_model_version("churn", source="file:///nowhere")
    return registry


def claim(registry, number: int, champion: str = "", *, promoted: bool = True) -> Promotion:
    decision = Decision(promoted, "Better.", "ridge", champion)
    return Promotion(registry, Version("churn", str(number)), decision)


def test_registry_without_champion(registry):
    assert registry.champion("churn") is None
    assert registry.champion("no such model") is None
    assert registry.version("churn", "99") is None
    assert registry.has_model("churn")
    assert not registry.has_model("no such model")


def test_promotion_replaces_champion(registry):
    assert claim(registry, 1).carry_out() == "promoted"
    assert registry.champion("churn").reference == "churn/1"
    assert claim(registry, 2, "churn/1").carry_out() == "promoted"
    assert registry.champion("churn").number == "2"


def test_held_model_does_not_replace_champion(registry):
    claim(registry, 1).carry_out()
    assert claim(registry, 2, "churn/1", promoted=False).carry_out() == "held"
    assert registry.champion("churn").number == "1"


def test_concurrent_promotions_do_not_overwrite_each_other(registry):
    claim(registry, 1).carry_out()
    late = claim(registry, 2, "churn/1")
    assert late.decision.promoted
    claim(registry, 3, "churn/1").carry_out()
    assert late.carry_out() == "held"
    later = claim(registry, 2, "churn/1")
    assert not later.decision.promoted
    assert "churn/3 now" in later.decision.reason
    # A run that could not reach the registry when it started has no champion to compare with.
    assert not claim(registry, 2, "").decision.promoted


def test_rollback_restores_previous_champions(registry, folder):
    for number, before in ((1, ""), (2, "1"), (3, "2")):
        version = Version("churn", str(number))
        registry.tag(version, {PREVIOUS: before})
        registry.promote(version)
    assert [one.number for one in rollback("churn", folder=folder)] == ["2", "3"]
    assert rollback("churn", folder=folder)[0].number == "1"
    with pytest.raises(PodiumError, match="first champion"):
        rollback("churn", folder=folder)
    now, before = rollback("churn", folder=folder, to="3")
    assert (now.number, before.number) == ("3", "1")
    assert registry.champion("churn").tags["podium.rolled_back_from"] == "1"


def test_rollback_follows_the_history_of_champions(registry, folder):
    """A version that was made champion by hand has the champion that it replaced before it."""

    def back(**to):
        return [one.number for one in rollback("churn", folder=folder, **to)]

    claim(registry, 1).carry_out()
    assert back(to="2") == ["2", "1"]
    assert back() == ["1", "2"]
    with pytest.raises(PodiumError, match="first champion"):
        back()
    claim(registry, 3, "churn/1").carry_out()
    assert back(to="1") == ["1", "3"]
    assert back() == ["3", "1"]
    assert back() == ["1", "3"]
    with pytest.raises(PodiumError, match="first champion"):
        back()


def test_rollback_passes_deleted_versions_and_follows_aliases_moved_elsewhere(registry, folder):
    client = mlflow.MlflowClient()
    for number, before in ((1, ""), (2, "churn/1")):
        claim(registry, number, before).carry_out()
    client.set_registered_model_alias("churn", "champion", "3")
    assert registry.champions("churn") == ["1", "2", "3"]
    client.delete_model_version("churn", "2")
    assert rollback("churn", folder=folder)[0].number == "1"
    client.set_registered_model_tag("churn", HISTORY, "1,3")  # the alias was not moved after all
    assert registry.champions("churn") == ["1"]


@pytest.mark.parametrize(
    ("name", "to", "message"),
    [("other", "", "No model 'other'"), ("churn", "9", "no version 9"), ("churn", "", "no champion")],
)
def test_rollback_errors_are_one_line(registry, folder, name, to, message):
    with pytest.raises(PodiumError, match=message) as caught:
        rollback(name, folder=folder, to=to)
    assert "\n" not in str(caught.value)


def test_missing_registry(tmp_path, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    assert not has_registry(str(tmp_path))
    with pytest.raises(PodiumError, match="no model registry"):
        rollback("churn", folder=str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(PodiumError, match="cannot be used") as caught:
        rollback("churn", folder=str(tmp_path))
    assert len(str(caught.value)) < 300


def test_split_reference():
    assert split_reference("sales- north/12") == ("sales- north", "12")


@pytest.mark.parametrize(
    ("data", "before", "reference"),
    [
        (["a", "b", "c"], ["", "1", "2"], "3"),  # no champion was trained on the current data
        (["a", "b", "now"], ["", "1", "2"], "2"),
        (["a", "now", "now"], ["", "1", "2"], "1"),
        (["now", "now", "now"], ["", "1", "2"], ""),
        (["a", "now", "now"], ["", "3", "2"], ""),  # manual promotions back and forth
        (["a", "b", "now"], ["", "", "9"], ""),  # the predecessor was deleted
    ],
)
def test_reference_is_latest_champion_of_other_data(registry, folder, data, before, reference):
    for number, (fingerprint, previous) in enumerate(zip(data, before, strict=True), start=1):
        version = registry.version("churn", str(number))
        registry.tag(version, {FINGERPRINT: fingerprint, PREVIOUS: previous})
    Promotion(registry, registry.version("churn", "3"), Decision(True, "Better.", "ridge", "")).carry_out()
    settings = {"source": "data.csv", "target": "churn"}
    found = resolve_inputs.run(
        kind="tabular", settings=settings, fingerprint="now", tracking={"folder": folder}
    )
    assert found["champion"] == "churn/3"
    expected = {"reference": f"churn/{reference}" if reference else "", "registry": folder}
    assert found["reference"] == expected
    assert found["promotion"]["champion"] == "churn/3"
