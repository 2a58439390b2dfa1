"""Tests that a model of the leaderboard that was not chosen can be registered and made champion."""

import json
import subprocess
import sys

import pytest

import podium
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow


def command(*words):
    return subprocess.run(
        [sys.executable, "-m", "podium.main", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_other_model_is_registered_and_made_champion(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    out = tmp_path / "runs" / "churn"
    settings = {"algorithms": "logistic_regression,decision_tree", "max_trials": 1, "name": "churn"}
    run = podium.run(binary_table(300), "churn", out=out, **settings).wait()
    other = next(name for name in ("decision_tree", "logistic_regression") if name != run.predictor.name)
    done = command("register", out, "--model", other)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("as churn/2")
    versions = json.loads(command("champions", "--folder", out.parent, "--json").stdout)
    assert [(one["version"], one["champion"]) for one in versions] == [("1", "now"), ("2", "")]
    assert versions[1]["reason"] == "It was registered by hand."
    done = command("rollback", "churn", "--to", "2", "--folder", out.parent)
    assert done.returncode == 0, done.stderr
    versions = json.loads(command("champions", "--folder", out.parent, "--json").stdout)
    assert [(one["version"], one["champion"]) for one in versions] == [("2", "now"), ("1", "before")]
    # A later run trusts its signature, and compares with it.
    again = podium.run(binary_table(400, seed=7), "churn", out=tmp_path / "runs" / "again", **settings).wait()
    assert json.loads((again.path / "decision.json").read_text())["champion"] == "churn/2"
