"""Links with a signature: it works, and is written nowhere that is shown."""

import json
import subprocess
import sys

import pytest
import yaml

from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
SECRET = "5f1e0c7a9b3d"
SIGNED = f"X-Amz-Expires=60&X-Amz-Signature={SECRET}"


def podium(*words):
    """Run the command line."""
    return subprocess.run([*PODIUM, *map(str, words)], capture_output=True, text=True, check=False)


def holding_the_secret(folder):
    """Return the files that hold the signature."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if SECRET.encode() in path.read_bytes()]


def test_signature(httpserver, tmp_path, monkeypatch):
    link = httpserver.url_for(f"/sales.csv?{SIGNED}")
    httpserver.expect_request("/sales.csv").respond_with_data(status=503)
    out, words = tmp_path / "run", ["--max-trials", "1", "--algorithms", "decision_tree"]
    failed = podium("run", link, "--target", "churn", "--out", out, *words)
    assert failed.returncode == 2
    assert "503" in failed.stderr
    assert holding_the_secret(tmp_path) == []
    assert out.stat().st_mode & 0o077 == 0

    httpserver.clear()
    content = binary_table(200).to_csv(index=False)
    httpserver.expect_request("/sales.csv", method="GET", query_string=SIGNED).respond_with_data(content)
    httpserver.expect_request("/sales.csv").respond_with_data(status=403)
    forgotten = podium("resume", out)
    assert "PODIUM_SOURCE_QUERY_1 is not set" in forgotten.stderr
    monkeypatch.setenv("PODIUM_SOURCE_QUERY_1", SIGNED)
    monkeypatch.setenv("PODIUM_SOURCE_QUERY_1_HOST", httpserver.host)
    resumed = podium("resume", out)
    assert resumed.returncode == 0, resumed.stderr
    assert SECRET not in failed.stdout + failed.stderr + resumed.stdout + resumed.stderr
    assert holding_the_secret(tmp_path) == []
    assert json.loads((out / "run.json").read_text())["name"] == "sales"
    assert (tmp_path / "mlflow.db").exists()

    source = yaml.safe_load((out / "config.yaml").read_text())["source"]
    assert source == link.split("?")[0] + "?$PODIUM_SOURCE_QUERY_1"
    monkeypatch.delenv("PODIUM_SOURCE_QUERY_1")
    again = podium("run", "--config", out / "config.yaml", "--out", tmp_path / "again")
    assert again.returncode == 2
    assert "PODIUM_SOURCE_QUERY_1 is not set" in again.stderr
