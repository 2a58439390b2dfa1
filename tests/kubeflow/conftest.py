"""Fixtures for a real Kubeflow Pipelines server: ``make test-kubeflow KFP_ENDPOINT=http://...``.

The tests also need:

* the address and keys of the object store (``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``)
* what ``make deploy`` creates in the namespace of the runs
* an MLflow server that the pods and this machine can reach (``MLFLOW_TRACKING_URI``)
* the image that the package names
* a kubeconfig with permission to read and delete pods and to run commands in them

If anything is missing, the tests fail with a message that names it.
"""

import os
import subprocess
import sys

import pytest

import podium
from podium.servers.connections import Connections
from podium.servers.doctor import examine
from podium.servers.kubeflow import Kubeflow
from tests.kubeflow.pods import Pods

PODIUM = [sys.executable, "-m", "podium.main"]


@pytest.fixture(scope="session")
def connections():
    """Return the addresses of the servers, and fail unless all of them answer. Runs use the least account that can."""
    os.environ.setdefault("PODIUM_SERVICE_ACCOUNT", "podium-runner")
    known = Connections()
    lacking = [one for one in examine(known) if one.verdict != "ok"]
    if lacking:
        pytest.fail("\n".join(f"{one.check}: {one.seen} {one.remedy}" for one in lacking))
    return known


@pytest.fixture(scope="session")
def kubeflow(connections):
    """Return the Kubeflow Pipelines server."""
    return Kubeflow(connections)


@pytest.fixture(scope="session")
def pods(connections):
    """Return the pods of runs."""
    return Pods(connections)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder of all runs in this session."""
    return tmp_path_factory.mktemp("kubeflow")


@pytest.fixture(scope="session")
def command(folder):
    """Return a function that runs the command line in the folder, as a user would."""

    def run(*words):
        return subprocess.run(
            [*PODIUM, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=dict(os.environ),
        )

    return run


@pytest.fixture(scope="session")
def first_run(connections, folder):
    """Return a finished run with three branches."""
    from tests.pipelines.tables import binary_table

    # Random rows, so that nothing comes from the cache of an earlier session.
    table = binary_table(400, seed=int.from_bytes(os.urandom(3)))
    table.to_csv(folder / "customers.csv", index=False)
    return podium.run(
        folder / "customers.csv",
        "churn",
        engine="kubeflow",
        out=folder / "first",
        name=f"test-{os.urandom(4).hex()}",
        max_trials=1,
        algorithms="logistic_regression,decision_tree",
    ).wait()
