"""Tests of what the distributed engine refuses before it contacts a server."""

import pytest

from podium.engines.kubeflow import KubeflowEngine
from podium.run_folder import RunFolder
from podium_ml.errors import SettingsError
from podium_ml.settings import TabularSettings


def test_wrong_column_is_refused_before_anything_is_uploaded(tmp_path, monkeypatch):
    for name in ("KF_PIPELINES_ENDPOINT", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "data.csv").write_text("age,churned\n" + "1,yes\n" * 20)
    settings = TabularSettings(source=str(tmp_path / "data.csv"), target="churn")
    folder = RunFolder.create(tmp_path / "run", settings, engine="kubeflow")
    with pytest.raises(SettingsError, match=r"no column 'churn'\. Did you mean 'churned'"):
        KubeflowEngine(folder).start()
    assert (folder.state.status, folder.state.kind) == ("failed", "user")
