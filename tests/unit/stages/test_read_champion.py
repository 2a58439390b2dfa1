"""Tests of the stages ``read_champion`` and ``read_warm_start``, with a local MLflow registry."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import mlflow
import numpy as np
import pytest

from podium_ml.champions import keys
from podium_ml.champions.attempts import record_attempt
from podium_ml.champions.folder import METRICS, MODEL, PROBLEM, SEEN_ROWS, ChampionFolder
from podium_ml.champions.record import ARTIFACTS
from podium_ml.champions.registry import MODEL_HASH, SIGNATURE, ModelRegistry, Version
from podium_ml.champions.signatures import hash_of, sign
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
        facts = read_champion.run(champion=self.reference, registry=self.registry, folder=str(folder))
        assert facts["refused"] == ChampionFolder(folder).refused
        return ChampionFolder(folder)

    @property
    def files(self) -> dict[str, Path]:
        return {
            PROBLEM: self.artifacts / PROBLEM,
            METRICS: self.artifacts / METRICS,
            SEEN_ROWS: self.artifacts / ARTIFACTS / SEEN_ROWS,
            MODEL: self.artifacts / "model" / MODEL,
        }

    def tag_as_published(self, signature: str | None = None) -> None:
        """Set the tags of the hash and the signature, by default those of the files as they are now."""
        registry = ModelRegistry(self.registry)
        version = registry.expect(self.reference)
        signature = sign(version, self.files, make_key=True) if signature is None else signature
        registry.tag(version, {MODEL_HASH: hash_of(self.files[MODEL]), SIGNATURE: signature})


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
    published = Registered(f"churn/{made.version}", str(tmp_path), root)
    published.tag_as_published()
    return published


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
    assert "not the one that was registered" in folder.refused
    assert "not the one that was registered" in capsys.readouterr().out


def test_unsigned_model_is_refused_unless_the_user_says_otherwise(registered, tmp_path, monkeypatch):
    registered.tag_as_published(signature="")
    folder = registered.read_champion(tmp_path / "champion")
    assert "is not signed" in folder.refused
    assert "PODIUM_TRUSTED_KEYS=any" in folder.refused
    assert not (folder.path / MODEL).exists()
    monkeypatch.setenv("PODIUM_TRUSTED_KEYS", "any")
    assert registered.read_champion(tmp_path / "accepted").predictor().name == "linear"


def test_model_that_a_stranger_signed_is_refused_until_trusted(registered, tmp_path, monkeypatch):
    stranger = keys.new_key()
    with monkeypatch.context() as theirs:
        theirs.setenv("PODIUM_SIGNING_KEY", stranger)
        registered.tag_as_published()
    folder = registered.read_champion(tmp_path / "champion")
    assert f"podium keys --trust {keys.public_half(stranger)}" in folder.refused
    assert not (folder.path / MODEL).exists()
    monkeypatch.setenv("PODIUM_TRUSTED_KEYS", f"{'0' * 64}, {keys.public_half(stranger)}")
    assert not registered.read_champion(tmp_path / "accepted").refused


@pytest.mark.parametrize("name", [MODEL, PROBLEM, METRICS, SEEN_ROWS])
def test_files_that_were_changed_after_the_signature_are_refused(registered, poor, tmp_path, name):
    signature = ModelRegistry(registered.registry).expect(registered.reference).tags[SIGNATURE]
    path = registered.files[name]
    if name == MODEL:
        poor.predictor.save(path)
    elif name == SEEN_ROWS:
        np.save(path, np.arange(4, dtype=np.uint64))
    else:
        path.write_text(path.read_text().replace("}", " }", 1))
    registered.tag_as_published(signature)  # the registry lets a stranger set the hash as well
    folder = registered.read_champion(tmp_path / "champion")
    assert "is not what was signed" in folder.refused
    assert not (folder.path / MODEL).exists()


def test_signature_of_another_version_or_name_is_refused(registered, tmp_path):
    version = ModelRegistry(registered.registry).expect(registered.reference)
    for other in (replace(version, number="8"), replace(version, name="spend"), replace(version, run_id="x")):
        registered.tag_as_published(sign(other, registered.files, make_key=True))
        assert "is not what was signed" in registered.read_champion(tmp_path / "champion").refused


@pytest.mark.parametrize("signature", ["x", ":", "zz:00", "0:", f"{'0' * 64}:{'0' * 128}"])
def test_malformed_signatures_are_refused(registered, tmp_path, signature):
    registered.tag_as_published(signature)
    assert registered.read_champion(tmp_path / "champion").refused


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
