"""A server that answers as Kubeflow Pipelines 2.17.0 and Kubernetes do, and the store of its runs."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from pytest_httpserver import URI_DEFAULT
from werkzeug import Request, Response

from podium.run_folder import RunFolder
from podium_ml.settings import TabularSettings

RUN = "115304fa-4f97-4258-ba4c-9c21f1e2002e"
NAMESPACE = "kubeflow"


class Cluster:
    """Runs, Argo's records of them, pods, their logs and their events, by the requests that the clients make."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {
            RUN: {"run_id": RUN, "display_name": "run", "state": "RUNNING"}
        }
        self.workflows: dict[str, dict[str, Any]] = {}
        self.pods: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.logs: dict[str, str] = {}
        self.forbids_pods = False

    def __call__(self, request: Request) -> Response:
        """Return the response to a request."""
        pods = rf"/api/v1/namespaces/{NAMESPACE}/pods"
        known = {
            r"/apis/v2beta1/healthz": lambda: {"tag_name": "2.17.0", "multi_user": False},
            r"/apis/v2beta1/runs/([\w-]+)": self.runs.get,
            r"/apis/v2beta1/runs/([\w-]+):terminate": self.terminate,
            r"/apis/v1beta1/runs/([\w-]+)": self.record,
            pods: lambda: {"items": self.listing(request.args.get("fieldSelector", ""))},
            rf"{pods}/([\w-]+)/log": self.logs.get,
            rf"/api/v1/namespaces/{NAMESPACE}/events": lambda: {"items": self.events},
        }
        for pattern, answer in known.items():
            if match := re.fullmatch(pattern, request.path):
                found = answer(*match.groups())
                if found is None or (self.forbids_pods and request.path.startswith("/api/")):
                    return Response(json.dumps({"message": "no"}), 404 if found is None else 403)
                text = found if isinstance(found, str) else json.dumps(found)
                return Response(text, content_type="application/json")
        return Response("{}", 404)

    def listing(self, selector: str) -> list[dict[str, Any]]:
        """Return the pods, or those in one phase."""
        phase = selector.partition("status.phase=")[2]
        found = [one for one in self.pods if phase in ("", one["status"]["phase"])]
        return [{"apiVersion": "v1", "kind": "Pod", **one} for one in found]

    def terminate(self, run_id: str) -> dict[str, Any]:
        """Cancel a run."""
        self.runs[run_id]["state"] = "CANCELED"
        return {}

    def record(self, run_id: str) -> dict[str, Any] | None:
        """Return Argo's record of a run as the first version of the interface shows it."""
        workflow = self.workflows.get(run_id)
        return workflow and {"pipeline_runtime": {"workflow_manifest": json.dumps(workflow)}}


@pytest.fixture
def cluster(httpserver, monkeypatch, tmp_path):
    """Return a cluster that the environment names."""
    made = Cluster()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(made)
    address = f"http://127.0.0.1:{httpserver.port}"
    context = {"name": "test", "context": {"cluster": "c", "user": "u"}}
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [context],
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(kubeconfig))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", address)
    monkeypatch.setenv("no_proxy", "*")
    for name in ("PODIUM_NAMESPACE", "KFP_NAMESPACE", "PODIUM_PIPELINE_ROOT", "KFP_KUBE_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.fixture
def outputs(s3):
    """Return a function that writes an output of a task to the store of the runs."""
    s3.create_bucket(Bucket="mlpipeline")

    def write(task: str, name: str, text: str, *, attempt: str = "1", run: str = RUN) -> None:
        key = f"v2/artifacts/podium-tabular/{run}/{task}/{attempt}/{name}"
        s3.put_object(Bucket="mlpipeline", Key=key, Body=text.encode())

    return write


@pytest.fixture
def folder(tmp_path, cluster):
    """Return the folder of a run in progress on the cluster."""
    made = RunFolder.create(tmp_path / "runs" / "run", TabularSettings(target="y"), engine="kubeflow")
    made.update(run_id=RUN, pid=0)
    return made


def pod(
    task: str, phase: str, *containers: dict[str, Any], algorithm: str = "", age: float = 60.0, **status: Any
) -> dict[str, Any]:
    """Return a pod of a run as Kubernetes describes it.

    Args:
        task: Name of the task; of a driver with ``-driver`` at the end.
        phase: Phase of the pod.
        *containers: The states of its containers.
        algorithm: The algorithm of a branch.
        age: Seconds since its creation.
        **status: Further fields of its status.
    """
    created = (datetime.now(UTC) - timedelta(seconds=age)).isoformat()
    node = f"run-x(0).root(0).{task}(0)" + ("" if task.endswith("-driver") else ".executor(0)")
    branch = {"inputs": {"parameterValues": {"branch": {"contract": {"version": 1}, "algorithm": algorithm}}}}
    limits = {"limits": {"memory": "2Gi"}}
    main = {"name": "main", "args": ["--executor_input", json.dumps(branch)], "resources": limits}
    name = f"run-x-{algorithm or task}".replace("_", "-")
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "creationTimestamp": created,
            "annotations": {
                "workflows.argoproj.io/node-name": node,
                "workflows.argoproj.io/node-id": f"node-{algorithm or task}",
            },
        },
        "spec": {"containers": [main, {"name": "wait"}]},
        "status": {"phase": phase, "containerStatuses": list(containers), **status},
    }


def container(
    state: str, name: str = "main", image: str = "podium.invalid/python-cpu:1", **facts: Any
) -> dict[str, Any]:
    """Return the state of a container: ``waiting``, ``running`` or ``terminated``, with the facts about that."""
    return {
        "name": name,
        "image": image,
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": {state: facts},
    }


def ended(code: int, reason: str = "Error", name: str = "main", **facts: Any) -> dict[str, Any]:
    """Return the state of a container that ended just now."""
    at = datetime.now(UTC).isoformat()
    return container("terminated", name, exitCode=code, reason=reason, finishedAt=at, **facts)
