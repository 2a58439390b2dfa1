"""Tests of the stages ``read_champion`` and ``read_warm_start``, with a local MLflow registry."""

import json
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pytest

from podium_ml.champions.attempts import record_attempt
from podium_ml.champions.folder import MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.record import ARTIFACTS, hash_of
from podium_ml.champions.registry import MODEL_HASH, ModelRegistry, Version
from podium_ml.champions.warm_start import CONFIGURATIONS, WarmStart
from podium_ml.errors import PodiumError
from podium_ml.stages import read_champion, read_warm_start


@dataclass
class Registered:
    """A registered model version and the location of its artifacts."""

    reference: str
    registry: str
    artifacts: Path

    def read_champion(self, folder: Path) -> ChampionFolder:
        read_champion.run(champion=self.reference, registry=self.registry, folder=str(folder))
        return ChampionFolder(folder)


@pytest.fixture
def registered(good, tmp_path, monkeypatch):
    """Register a trained model as a run does."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.setenv(name, f"sqlite:///{tmp_path}/mlflow.db")
    ModelRegistry(str(tmp_path))
    client = mlflow.MlflowClient()
    artifacts = tmp_path / "artifacts"
    run = client.create_run(client.create_experiment("churn", artifact_location=artifacts.as_uri()))
    root = artifacts / run.info.run_id / "artifacts"
    (root / ARTIFACTS).mkdir(parents=True)
    (root / "model").mkdir()
    good.problem.save(root / "problem.json")
    (root / "metrics.json").write_text(json.dumps({"test": {"roc_auc": {"value": 0.9}}}))
    good.predictor.save(root / "model" / MODEL)
    np.save(root / ARTIFACTS / SEEN_ROWS, np.arange(3, dtype=np.uint64))
    (root / ARTIFACTS / CONFIGURATIONS).write_text(json.dumps({"ridge": [{"alpha": 1.0}]}))
    client.create_registered_model("churn")
    made = client.create_model_version("churn", source=str(root / "model"), run_id=run.info.run_id)
    client.set_model_version_tag("churn", made.version, MODEL_HASH, hash_of(root / "model" / MODEL))
    return Registered(f"churn/{made.version}", str(tmp_path), root)


def test_read_champion(registered, good, tmp_path):
    folder = registered.read_champion(tmp_path / "champion")
    assert folder.champion.reference == registered.reference
    assert folder.champion.problem == good.problem
    assert folder.champion.metrics == {"roc_auc": 0.9}
    assert list(folder.seen_rows) == [0, 1, 2]
    rows = good.test.drop(columns="churn")
    np.testing.assert_array_equal(folder.predictor().predict(rows), good.predictor.predict(rows))
    assert {path.name for path in folder.path.iterdir()} == {"champion.json", MODEL, SEEN_ROWS, "challenges"}


def test_challenges_are_recorded_with_the_champion(registered, tmp_path):
    registry = ModelRegistry(registered.registry)
    champion, client = registry.expect(registered.reference), mlflow.MlflowClient()
    run = client.create_run(client.get_run(champion.run_id).info.experiment_id)
    challenger = Version("churn", "8", run.info.run_id)
    record_attempt(registry, champion, challenger, rows=np.arange(3), promoted=False)
    record_attempt(registry, champion, Version("churn", "9"), rows=np.arange(5), promoted=False)
    folder = registered.read_champion(tmp_path / "champion")
    assert [len(rows) for rows in folder.challenges] == [3, 5]
    record_attempt(registry, champion, challenger, rows=np.arange(4), promoted=True)
    registry.fetch_all(challenger, tmp_path / "own", of="champion/challenges")
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == ["8.npy", "9.npy"]


def test_modified_model_is_skipped(registered, tmp_path, capsys):
    (registered.artifacts / "model" / MODEL).write_bytes(b"something else")
    folder = registered.read_champion(tmp_path / "champion")
    assert not (folder.path / MODEL).exists()
    assert "not the one that was registered" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["problem.json", "metrics.json", f"model/{MODEL}"])
def test_version_not_registered_by_podium_raises_an_error(registered, tmp_path, name):
    (registered.artifacts / name).unlink()
    with pytest.raises(PodiumError, match=f"contains no {Path(name).name}: Podium did not register it"):
        registered.read_champion(tmp_path / "champion")


def test_warm_start_contains_only_available_artifacts(registered, tmp_path):
    read_warm_start.run(
        reference=registered.reference, registry=registered.registry, folder=str(tmp_path / "warm_start")
    )
    warm_start = WarmStart(tmp_path / "warm_start")
    assert warm_start.configurations == {"ridge": [{"alpha": 1.0}]}
    assert warm_start.profile is None
    assert [path.name for path in warm_start.path.iterdir()] == [CONFIGURATIONS]
