"""Tests of following a run whose server does not always answer."""

from dataclasses import replace

import pytest

from podium.engines import kubeflow
from podium.engines.kubeflow import KubeflowEngine
from podium.run_folder import RunFolder
from podium.servers.errors import UnreachableError
from podium_ml.settings import TabularSettings


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """Return the engine of a run that was started on a server that nobody can reach."""
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(kubeflow, "_POLL_SECONDS", 0.01)
    settings = TabularSettings(source="s3://lake/data.csv", target="churn")
    folder = RunFolder.create(tmp_path / "run", settings, engine="kubeflow")
    folder.update(attempt=folder.state.started, run_id="7d36852f")
    return KubeflowEngine(folder)


def test_server_that_is_restarted_does_not_end_the_wait(engine, monkeypatch):
    answer = replace(engine._folder.state, status="succeeded")
    left = [UnreachableError("away"), UnreachableError("away"), answer]

    def refresh():
        taken = left.pop(0)
        if isinstance(taken, Exception):
            raise taken
        return taken

    monkeypatch.setattr(engine, "refresh", refresh)
    assert engine.wait() == answer


def test_server_that_stays_away_is_told(engine, monkeypatch):
    monkeypatch.setattr(kubeflow, "_ABSENT_SECONDS", 0.0)
    with pytest.raises(UnreachableError, match="cannot be reached"):
        engine.wait()
