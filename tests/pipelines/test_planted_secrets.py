"""Secrets and rows of the data, planted before a run and looked for in everything that it leaves."""

import os
import subprocess
import sys

import pytest

from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
FEW = ["--max-trials", "1", "--algorithms", "decision_tree"]
PLANTED = "pl4nted"
NOWHERE = "127.0.0.1:9"


def podium(*words, folder, **environment):
    """Run the command line in a folder."""
    known = {**os.environ, **environment}
    return subprocess.run(
        [*PODIUM, *map(str, words)], capture_output=True, text=True, check=False, cwd=folder, env=known
    )


def holding(folder, text):
    """Return the files that hold a text, also in names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes() or text in path.name]


def test_secrets(httpserver, tmp_path):
    secrets = {
        "AWS_SECRET_ACCESS_KEY": f"{PLANTED}-aws",
        "KFP_EXISTING_TOKEN": f"{PLANTED}-token",
        "MLFLOW_TRACKING_URI": f"http://me:{PLANTED}-mlflow@{NOWHERE}",
        "PODIUM_WEBHOOK_URL": f"http://{NOWHERE}/{PLANTED}-webhook",
        "PODIUM_SECRET_LINK": f"sig={PLANTED}-link",
    }
    others = {
        "PODIUM_SECRET_LINK_HOST": f"{httpserver.host}:{httpserver.port}",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "AWS_ENDPOINT_URL": f"http://{NOWHERE}",
        "KF_PIPELINES_ENDPOINT": f"http://{NOWHERE}",
        "no_proxy": "*",
    }
    environment = {**secrets, **others}
    content = binary_table(200).to_csv(index=False)
    httpserver.expect_request("/sales.csv", query_string=secrets["PODIUM_SECRET_LINK"]).respond_with_data(
        content
    )
    source = httpserver.url_for("/sales.csv?$PODIUM_SECRET_LINK")
    words = [source, "--target", "churn", "--notify", "always", "--out", "run", *FEW]
    done = podium("run", *words, folder=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    told = [podium(command, folder=tmp_path, **environment) for command in ("config", "doctor")]
    assert "http://***@127.0.0.1:9" in told[0].stdout
    assert PLANTED not in "".join(one.stdout + one.stderr for one in (done, *told))
    assert holding(tmp_path, PLANTED) == []
    assert "not logged to MLflow" in (tmp_path / "run" / "logs" / "engine.log").read_text()


def test_rows(tmp_path):
    table = binary_table(300)
    table["who"] = [f"Anna-{row:04}-{PLANTED}" for row in range(len(table))]
    table.to_csv(tmp_path / "data.csv", index=False)
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    words = ["data.csv", "--target", "churn", "--no-examples", "--out", "runs/run", *FEW]
    done = podium("run", *words, folder=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "run"
    delivered = [path for path in run.iterdir() if path.is_file()]
    assert "predictions.parquet" not in {path.name for path in delivered}
    assert [path.name for path in delivered if PLANTED.encode() in path.read_bytes()] == []
    assert holding(tmp_path / "runs" / "mlartifacts", PLANTED) == []
    assert holding(run / "artifacts", PLANTED)  # which the owner of the data keeps
