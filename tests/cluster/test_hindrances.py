"""Tests of the messages about pods that cannot start and pods that failed."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from podium.images import image_names
from podium.servers import hindrances
from podium.servers.connections import Connections
from podium.servers.pod_states import final_failures
from podium.servers.pods import list_pods, pod_states

from .client import pod
from .conftest import RUNS, Cluster

pytestmark = pytest.mark.cluster
RUN = "0c0f6a4e-3f2b-4d8e-9a52-6c1f1f0e7c11"
IMAGE = image_names()["python-cpu"]
# Log of a failed Kubeflow driver under Argo's executor.
LOG = """I1125 02:31:00.841842      16 registry.go:68] No task-level plugins enabled
F1125 02:33:56.777696      16 main.go:127] KFP driver: The key is wrong.
time=2026-11-25T02:33:57.769Z level=INFO msg="sub-process exited" argo=true error="exit status 1"
Error: exit status 1
"""


def of_run(name: str, image: str, command: list[str], **requests: str) -> dict[str, Any]:
    made = pod(name, image, command, {})
    made["metadata"]["labels"] = {"pipeline/runid": RUN}
    made["spec"]["restartPolicy"] = "Never"
    made["spec"]["containers"][0]["resources"]["requests"].update(requests)
    return made


@pytest.fixture(scope="module")
def connections(ready: Cluster) -> Iterator[Connections]:
    without_secret = of_run("no-secret", IMAGE, ["true"])
    secret = {"secretKeyRef": {"name": "nowhere", "key": "k"}}
    without_secret["spec"]["containers"][0]["env"] = [{"name": "K", "valueFrom": secret}]
    made = [
        of_run("no-image", "registry.invalid/podium/none:1", ["true"]),
        of_run("no-place", IMAGE, ["true"], cpu="1000"),
        of_run("failed", IMAGE, ["sh", "-c", f"cat <<END\n{LOG}END\nexit 1"]),
        of_run("runs", IMAGE, ["sleep", "infinity"]),
        of_run("killed", IMAGE, ["sh", "-c", "exit 137"]),
        without_secret,
    ]
    ready.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    yield Connections({"PODIUM_NAMESPACE": RUNS})
    ready.kubectl("delete", "pod", "-n", RUNS, "-l", f"pipeline/runid={RUN}", "--wait=false")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hindrances, "PATIENCE_SECONDS", 0.0)


def texts(connections: Connections, run: str = RUN) -> list[str]:
    return [one.text for one in hindrances.hindrances(connections, list_pods(connections, run))]


def failures(connections: Connections, run: str = RUN) -> list[str]:
    return [one.failure for one in final_failures(pod_states(connections, run))]


def eventually(ask: Any, expected: str) -> Any:
    until = time.monotonic() + 90
    while expected not in str(answer := ask()) and time.monotonic() < until:
        time.sleep(1)
    return answer


def test_image_that_cannot_be_pulled(connections: Connections) -> None:
    expected = "The image registry.invalid/podium/none:1 cannot be pulled"
    found = eventually(lambda: texts(connections), expected)
    assert len([one for one in found if one.startswith(expected)]) == 1
    assert hindrances.images_waited_for(connections) == {"registry.invalid/podium/none:1"}


def test_pod_that_cannot_be_scheduled(connections: Connections) -> None:
    found = eventually(lambda: texts(connections), "scheduled")
    assert "A pod cannot be scheduled on any node: 0/1 nodes are available: 1 Insufficient cpu." in found


def test_pod_whose_secret_is_missing(connections: Connections) -> None:
    found = eventually(lambda: texts(connections), "CreateContainerConfigError")
    expected = 'The pod of no_secret cannot start: CreateContainerConfigError: secret "nowhere" not found.'
    assert expected in found


def test_failed_pods(connections: Connections) -> None:
    for expected in (
        "failed: failed (exit code 1): KFP driver: The key is wrong.",
        "killed: killed by signal 9 (exit code 137).",
    ):
        assert expected in eventually(lambda: failures(connections), expected)


def test_other_runs_have_no_messages(connections: Connections) -> None:
    assert texts(connections, "another") == []
    assert failures(connections, "another") == []
