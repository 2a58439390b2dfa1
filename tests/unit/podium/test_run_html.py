"""Tests of how runs show themselves in notebooks."""

import json
import os

import pytest

from podium.api import Run, open_run
from podium.run_folder import RunFolder
from podium_ml.settings import TabularSettings

LEADERBOARD = """rank,model,status,roc_auc_oof,roc_auc_test,fit_seconds,predict_ms,n_trials,chosen,reason
1,lightgbm,ok,0.8,0.79,1.5,4.0,3,True,
2,ridge<b>,ok,0.7,0.69,0.5,1.0,3,False,
"""
METRICS = {
    "model": "lightgbm",
    "metric": "roc_auc",
    "out_of_fold": 0.8,
    "test": {"roc_auc": {"value": 0.79, "low": 0.75, "high": 0.83}},
}


@pytest.fixture
def run(tmp_path, monkeypatch) -> Run:
    monkeypatch.chdir(tmp_path)
    settings = TabularSettings(source="data.csv", target="churn", name="churn")
    folder = RunFolder.create("my runs/first", settings)
    folder.update(pid=os.getpid())
    return open_run(folder.path)


def test_run_in_progress(run):
    assert "running</b>" in run._repr_html_()
    assert "<table" not in run._repr_html_()


def test_failed_run_shows_why(run):
    run.folder.update(status="failed", error="No column <x>.")
    assert "No column &lt;x&gt;." in run._repr_html_()


@pytest.mark.parametrize("tested", [True, False])
def test_result(run, tested):
    run.folder.update(status="succeeded")
    metrics = METRICS if tested else {**METRICS, "test": {}}
    (run.path / "leaderboard.csv").write_text(LEADERBOARD)
    (run.path / "metrics.json").write_text(json.dumps(metrics))
    (run.path / "report.html").write_text("")
    shown = run._repr_html_()
    score = "test roc_auc 0.79, 95% interval 0.75 to 0.83" if tested else "out-of-fold roc_auc 0.8"
    assert f"<b>LightGBM</b> was chosen: {score}." in shown
    assert "ridge&lt;b&gt;" in shown
    assert 'href="my%20runs/first/report.html"' in shown


def test_run_without_news(run):
    run.folder.update(status="succeeded", note="Nothing has changed.")
    assert "Nothing has changed." in run._repr_html_()
