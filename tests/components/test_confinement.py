"""Tests of the child that loads a champion, whose model may be a stranger's: what it tries to reach is not there."""

import os
import socket
import sys
from pathlib import Path

import numpy as np
import pytest

from podium_components import comparisons
from podium_components.comparisons import compare
from podium_components.supervision import WARM_VARIABLE, Confinement, start_warm, supervise
from podium_components.supervision._confinement import _TCP_VERSION, _version, harmless
from podium_ml.contracts import Decision
from podium_ml.settings import PromotionSettings, TabularSettings
from tests.components.stranger import Stranger
from tests.pipelines.tables import binary_table
from tests.unit.champions.conftest import promote, selection, train

ROOT = Path(__file__).parents[2]
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "planted-aws",
    "MINIO_ROOT_PASSWORD": "planted-minio",
    "MLFLOW_TRACKING_PASSWORD": "planted-mlflow",
    "PODIUM_SECRET_SALES": "planted-query",
    "PODIUM_SIGNING_KEY": "planted-signing",
    "PODIUM_WEBHOOK_URL": "planted-webhook",
    "COVERAGE_API_KEY": "planted-coverage",
    "NVIDIA_API_KEY": "planted-nvidia",
}
landlock = pytest.mark.skipif(_version() < 1, reason="this kernel has no Landlock")


@pytest.fixture(params=["fresh", "warm"])
def secrets(request, tmp_path, monkeypatch):
    """Plant secrets in the environment, with and without a warm process to fork the child from."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path]))
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    if request.param == "fresh":
        yield
        return
    folder = tmp_path / "warm"
    folder.mkdir()
    process = start_warm(folder, [["json"]])
    monkeypatch.setenv(WARM_VARIABLE, str(folder))
    yield
    process.kill()
    process.wait()


def reached(things, **confinement):
    """Return what a confined child reaches of some things."""
    return supervise(
        "tests.components.stranger:reach",
        {"things": list(map(str, things))},
        timeout=60,
        confinement=Confinement(**confinement),
    )


def test_environment_has_no_secret(secrets):
    found = reached(["environment", "/proc/self/environ"])
    assert "PATH=" in found["environment"]
    assert "planted" not in str(found)


@landlock
def test_files_connections_and_processes_are_out_of_reach(secrets, tmp_path):
    for name in ("given", "token"):
        (tmp_path / name).write_text(name)
    (tmp_path / "out").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        things = {
            "token": tmp_path / "token",
            "parent": f"/proc/{os.getpid()}/environ",
            "home": Path.home(),
            "list": tmp_path,
            "accounts": "/etc/shadow",
            "write": f"write:{tmp_path / 'given'}",
            "make": f"write:{tmp_path / 'new'}",
            "program": "run:/bin/true",
        }
        if _version() >= _TCP_VERSION:
            things["server"] = f"tcp:{server.getsockname()[1]}"
        allowed = [tmp_path / "given", f"write:{tmp_path / 'out' / 'new'}", f"move:{tmp_path / 'out'}"]
        links = [f"link:{tmp_path / name}>{tmp_path / 'out' / name}" for name in ("given", "token")]
        found = reached(
            [*things.values(), *allowed, *links],
            readable=(str(tmp_path / "given"),),
            writable=(str(tmp_path / "out"),),
        )
    assert found.pop(str(allowed[0])) == "given"
    assert found.pop(str(allowed[1])) == "written"
    if _version() > 1:
        assert found.pop(str(allowed[2])) == "moved"
    assert {found.pop(link) for link in links} <= {"OSError", "PermissionError"}
    assert set(found.values()) == {"PermissionError"}, found


@landlock
def test_parent_cannot_be_killed(secrets):
    assert reached([f"kill:{os.getpid()}"]) == {f"kill:{os.getpid()}": "PermissionError"} or _version() < 6


def test_names_of_secrets_are_not_harmless():
    kept = harmless({**SECRETS, "PATH": "", "PGPASSWORD": "", "GITHUB_TOKEN": "", "OMP_NUM_THREADS": ""})
    assert set(kept) == {"PATH", "OMP_NUM_THREADS"}


@pytest.fixture
def inputs(tmp_path):
    """Return the inputs of a comparison with a champion whose model is a stranger's."""
    good = train(binary_table(1200, seed=1), test_fraction=0.4)
    (tmp_path / "model").mkdir()
    good.predictor.save(tmp_path / "model" / "model.pkl")
    selection().save(tmp_path / "model" / "selection.json")
    good.problem.save(tmp_path / "problem.json")
    for name in ("train", "test"):
        getattr(good, name).to_parquet(tmp_path / name)
    good.predictor.model = Stranger(str(tmp_path / "loot"))
    paths = {name: str(tmp_path / name) for name in ("model", "train", "test", "evaluation")}
    return good, {**paths, "problem": str(tmp_path / "problem.json")}


def test_model_of_a_stranger_takes_nothing_and_decides_nothing(secrets, inputs, tmp_path, monkeypatch):
    good, paths = inputs

    def read(promotion, folder):
        promote(good, Path(folder))
        np.save(Path(folder) / "seen_rows.npy", np.zeros(0, dtype=np.uint64))
        return {"refused": ""}

    monkeypatch.setattr(comparisons, "_read_champion", read)
    settings = TabularSettings().cut(PromotionSettings)
    facts = compare({**settings, "champion": "churn/7", "registry": ""}, time_limit="", **paths)
    assert facts["promoted"], facts["reason"]
    assert facts["champion_score"] == pytest.approx(0.5)
    assert Decision.load(tmp_path / "evaluation" / "decision.json").to_dict() == facts
    if _version() >= 1:
        assert not (tmp_path / "loot").exists()
