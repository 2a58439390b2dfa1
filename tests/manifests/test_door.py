"""Tests of MLflow's door, on the real server: who may read, and who may move a champion."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from .conftest import MANIFESTS

pytestmark = pytest.mark.slow
DOOR = MANIFESTS / "components" / "mlflow-door"
PASSWORDS = {
    "owner": "password-of-owner",
    "podium-runs": "password-of-runs",
    "stranger": "password-of-stranger",
}
# Registers a model, or prints what becomes of each attempt to change the model of another account.
ACT = """
import json, sys
from mlflow import MlflowClient
run, client = sys.argv[1], MlflowClient()
if not run:
    run = client.create_run(client.create_experiment("churn")).info.run_id
    client.log_text(run, "kept", "note.txt")
    client.create_registered_model("churn")
    client.create_model_version("churn", f"runs:/{run}/model", run)
    client.set_registered_model_alias("churn", "champion", "1")
    print(run)
else:
    attempts = {
        "read": lambda: client.get_run(run),
        "move": lambda: client.set_registered_model_alias("churn", "champion", "1"),
        "tag": lambda: client.set_model_version_tag("churn", "1", "kind", "x"),
        "overwrite": lambda: client.log_text(run, "new", "note.txt"),
        "register": lambda: client.create_model_version("churn", f"runs:/{run}/model", run),
        "delete": lambda: client.delete_registered_model("churn"),
    }
    outcomes = {}
    for name, attempt in attempts.items():
        try:
            attempt()
            outcomes[name] = "done"
        except Exception as error:
            outcomes[name] = "refused" if "403" in str(error) else str(error)
    print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of the server and of the script that makes accounts."""
    folder = tmp_path_factory.mktemp("door")
    settings = (DOOR / "basic_auth.ini").read_text()
    assert "postgresql+psycopg2://" in settings
    (folder / "door.ini").write_text(
        settings.replace("postgresql+psycopg2://", f"sqlite:///{folder}/door.db")
    )
    return {
        **os.environ,
        "FOLDER": str(folder),
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "door.ini"),
        "MLFLOW_AUTH_ADMIN_USERNAME": "owner",
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a" * 32,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }


def make_accounts(
    environment: dict[str, str], passwords: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    accounts = Path(environment["FOLDER"]) / "accounts"
    for name, password in passwords.items():
        if name != "owner":
            (accounts / name).mkdir(parents=True, exist_ok=True)
            (accounts / name / "MLFLOW_TRACKING_USERNAME").write_text(name)
            (accounts / name / "MLFLOW_TRACKING_PASSWORD").write_text(f"{password}\n")
    given = {**environment, "MLFLOW_AUTH_ADMIN_PASSWORD": passwords["owner"]}
    command = [sys.executable, str(DOOR / "make_accounts.py"), str(accounts)]
    return subprocess.run(command, env=given, capture_output=True, text=True)


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[str]:
    """Start a server that knows the administrator's name, but not the password."""
    done = make_accounts(environment, PASSWORDS)
    assert done.returncode == 0, done.stderr
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    folder = environment["FOLDER"]
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--app-name=basic-auth",
        f"--port={port}",
        "--workers=1",
    ]
    command += [
        f"--backend-store-uri=sqlite:///{folder}/mlflow.db",
        f"--artifacts-destination={folder}/files",
    ]
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: requests.get(f"{address}/health", timeout=5).ok)
            yield address
        finally:
            process.terminate()


def wait_for(ready: Callable[[], Any]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if ready():
                return
        except requests.ConnectionError:
            time.sleep(0.3)
    pytest.fail("the server did not start")


def act(server: str, account: str, run: str = "") -> str:
    """Act with the variables that the tasks of a run have."""
    given = {**os.environ, "MLFLOW_TRACKING_URI": server, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    given |= {"MLFLOW_TRACKING_USERNAME": account, "MLFLOW_TRACKING_PASSWORD": PASSWORDS[account]}
    command = [sys.executable, "-W", "ignore", "-c", ACT, run]
    done = subprocess.run(command, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def run(server: str) -> str:
    """Publish a champion with the account of the runs, and return its run."""
    return act(server, "podium-runs")


@pytest.mark.parametrize(
    "account", [None, ("podium-runs", "wrong"), ("owner", ""), ("admin", "password1234")]
)
def test_without_the_password_nothing_opens(server: str, account: tuple[str, str] | None) -> None:
    for path in (
        "",
        "version",
        "graphql",
        "get-artifact?path=a&run_uuid=b",
        "api/2.0/mlflow/experiments/search?max_results=1",
        "ajax-api/2.0/mlflow/registered-models/search",
        "api/2.0/mlflow-artifacts/artifacts",
        "api/2.0/mlflow/users/list",
    ):
        assert requests.get(f"{server}/{path}", auth=account, timeout=30).status_code == 401, path
    for path in (
        "api/2.0/mlflow/users/create",
        "v1/traces",
        "api/2.0/mlflow/registered-models/alias",
        "graphql",
    ):
        assert requests.post(f"{server}/{path}", json={}, auth=account, timeout=30).status_code == 401, path


def test_an_account_reads_everything_and_changes_only_its_own(server: str, run: str) -> None:
    outcomes = json.loads(act(server, "stranger", run))
    assert outcomes.pop("read") == "done"
    assert set(outcomes.values()) == {"refused"}, outcomes
    assert set(json.loads(act(server, "podium-runs", run)).values()) == {"done"}


def test_replaced_passwords_are_the_only_ones(server: str, environment: dict[str, str]) -> None:
    path = "api/2.0/mlflow/experiments/search?max_results=1"
    changed = {**PASSWORDS, "owner": "new-password-of-owner", "stranger": "new-password-of-stranger"}
    assert make_accounts(environment, changed).returncode == 0
    for name in ("owner", "stranger"):
        for password, status in ((PASSWORDS[name], 401), (changed[name], 200)):
            assert requests.get(f"{server}/{path}", auth=(name, password), timeout=30).status_code == status


def test_runs_cannot_be_the_administrator(environment: dict[str, str]) -> None:
    done = make_accounts({**environment, "MLFLOW_AUTH_ADMIN_USERNAME": "stranger"}, PASSWORDS)
    assert done.returncode == 1
    assert "is the administrator" in done.stderr
