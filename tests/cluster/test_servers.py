"""Tests of the servers on a real cluster: Pod Security, access between the servers and persistence of data."""

import json
from pathlib import Path

import pytest
import yaml

from .conftest import RUNS, Cluster
from .pods import container, volumes

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

WRITE = """
import mlflow, pathlib
mlflow.set_tracking_uri("http://mlflow.podium.svc:5000")
mlflow.set_experiment("cluster-test")
with mlflow.start_run() as run:
    mlflow.log_metric("auc", 0.75)
    mlflow.log_text("kept", "notes/note.txt")
print("RUN", run.info.run_id, run.info.artifact_uri)
"""
READ = """
import mlflow
mlflow.set_tracking_uri("http://mlflow.podium.svc:5000")
run = mlflow.get_run("{run}")
print("METRIC", run.data.metrics["auc"])
print("TEXT", mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/note.txt"))
"""
OBJECTS = """
import boto3
pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="mlflow")
print([o["Key"] for page in pages for o in page.get("Contents", [])])
"""


@pytest.fixture(scope="module")
def run(ready: Cluster) -> str:
    line = next(x for x in ready.python(WRITE).splitlines() if x.startswith("RUN "))
    _, run, uri = line.split()
    assert uri.startswith("mlflow-artifacts:")
    return run


def test_server_accepts_each_object(cluster: Cluster, overlay: Path, applied: str) -> None:
    out = cluster.kubectl("apply", "-k", str(overlay), "--dry-run=server")
    assert "(server dry run)" in out


def test_second_apply_changes_nothing(cluster: Cluster, overlay: Path, ready: Cluster) -> None:
    def generations() -> str:
        columns = "NAME:.metadata.name,GENERATION:.metadata.generation"
        return cluster.kubectl(
            "get", "statefulsets,deployments", "-n", "podium", "-o", f"custom-columns={columns}"
        )

    before = generations()
    cluster.kubectl("apply", "-k", str(overlay))
    assert generations() == before


@pytest.mark.parametrize("name", ["overlays/production", "examples"])
def test_server_accepts_production_overlay_and_examples(
    cluster: Cluster, overlay: Path, applied: str, name: str
) -> None:
    """Objects of operators are left out, because test clusters do not have the operators."""
    folder = overlay.parents[2] / "manifests" / name
    objects = [
        one
        for one in yaml.safe_load_all(cluster.kubectl("kustomize", str(folder)))
        if one["kind"] not in {"Certificate", "ExternalSecret"}
    ]
    for one in objects:
        if one["metadata"].get("namespace") == "kubeflow":
            one["metadata"]["namespace"] = RUNS
    result = cluster.try_kubectl("apply", "--dry-run=server", "-f", "-", stdin=yaml.safe_dump_all(objects))
    assert result.returncode == 0, result.stderr
    assert "would violate" not in result.stderr


def test_pod_security_does_not_warn(applied: str) -> None:
    assert "warning" not in applied.lower()


def test_namespace_rejects_a_privileged_pod(cluster: Cluster, applied: str) -> None:
    result = cluster.try_kubectl(
        "run",
        "intruder",
        "-n",
        "podium",
        "--image=podium.invalid/mlflow:0.1.0",
        "--privileged",
        "--dry-run=server",
    )
    assert result.returncode != 0
    assert "violates PodSecurity" in result.stderr


def test_all_pods_are_ready(ready: Cluster) -> None:
    pods = json.loads(ready.kubectl("get", "pods", "-n", "podium", "-o", "json"))["items"]
    assert {p["metadata"]["labels"]["app.kubernetes.io/name"] for p in pods} == {
        "minio",
        "minio-bucket",
        "mlflow",
        "postgresql",
        "postgresql-database",
    }
    for pod in pods:
        ready_now = {c["type"]: c["status"] for c in pod["status"]["conditions"]}["Ready"]
        assert pod["status"]["phase"] == "Succeeded" or ready_now == "True", pod["metadata"]["name"]


def test_mlflow_stores_artifacts_in_minio(ready: Cluster, run: str) -> None:
    assert f"{run}/artifacts/notes/note.txt" in ready.python(OBJECTS)
    assert "TEXT kept" in ready.python(READ.format(run=run))


@pytest.mark.parametrize("pods", [("minio-0",), ("postgresql-0",), ("minio-0", "postgresql-0")], ids=" ".join)
def test_data_survives_the_deletion_of_pods(ready: Cluster, run: str, pods: tuple[str, ...]) -> None:
    ready.kubectl("delete", "pod", "-n", "podium", *pods)
    for pod in pods:
        name = f"statefulset/{pod.removesuffix('-0')}"
        ready.kubectl("rollout", "status", "-n", "podium", name, "--timeout=180s", timeout=200)
    ready.kubectl("rollout", "status", "-n", "podium", "deployment/mlflow", "--timeout=180s", timeout=200)
    text = ready.python(READ.format(run=run))
    assert "TEXT kept" in text
    assert "METRIC 0.75" in text


def test_mlflow_rejects_a_foreign_host_header(ready: Cluster) -> None:
    code = (
        "import urllib.request as u, urllib.error as e\n"
        "r = u.Request('http://localhost:5000/api/2.0/mlflow/experiments/search?max_results=1',"
        " headers={'Host': 'evil.example'})\n"
        "try: print(u.urlopen(r).status)\n"
        "except e.HTTPError as x: print(x.code)\n"
    )
    assert ready.python(code).strip() == "403"


@pytest.mark.parametrize(
    ("may", "verb", "what"),
    [
        (True, "create", "workflowtaskresults.argoproj.io"),
        (True, "patch", "workflowtaskresults.argoproj.io"),
        (True, "get", "pods"),
        (True, "get", "configmaps/kfp-launcher"),
        (True, "get", "secrets/podium-credentials"),
        (False, "get", "secrets/another"),
        (False, "get", "secrets/mlpipeline-minio-artifact"),
        (False, "get", "secrets/podium-tracking"),
        (False, "list", "secrets"),
        (False, "list", "pods"),
        (False, "create", "pods"),
        (False, "delete", "pods"),
        (False, "create", "pods/exec"),
        (False, "create", "jobs.batch"),
    ],
)
def test_service_account_of_runs_has_minimal_permissions(
    cluster: Cluster, applied: str, may: bool, verb: str, what: str
) -> None:
    if what.startswith("workflowtaskresults") and not cluster.try_kubectl("get", "crd", what).stdout:
        cluster.kubectl("get", "role", "podium-runner", "-n", RUNS)  # tests/manifests covers the rule
        return
    account = f"system:serviceaccount:{RUNS}:podium-runner"
    answer = cluster.try_kubectl("auth", "can-i", verb, what, f"--as={account}", "-n", RUNS).stdout.strip()
    assert answer == ("yes" if may else "no")


def test_runs_get_addresses_and_credentials_of_servers(cluster: Cluster, applied: str) -> None:
    servers = json.loads(cluster.kubectl("get", "configmap", "podium-servers", "-n", RUNS, "-o", "json"))[
        "data"
    ]
    assert servers["MLFLOW_TRACKING_URI"] == "http://mlflow.podium.svc:5000"
    secret = json.loads(cluster.kubectl("get", "secret", "podium-credentials", "-n", RUNS, "-o", "json"))
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} == set(secret["data"])


def test_pod_of_a_run_reaches_both_servers(ready: Cluster) -> None:
    code = (
        "import boto3, mlflow\n"
        "mlflow.set_experiment('from-a-run')\n"
        "with mlflow.start_run(): mlflow.log_text('x', 'x.txt')\n"
        "client = boto3.client('s3')\n"
        "print('BUCKETS', [b['Name'] for b in client.list_buckets()['Buckets']])\n"
        "try: client.list_objects_v2(Bucket='mlflow')\n"
        "except Exception as error: print('DENIED', error)\n"
    )
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "like-a-run", "namespace": RUNS},
        "spec": {
            "serviceAccountName": "podium-runner",
            "restartPolicy": "Never",
            "containers": [container("main", "podium.invalid/mlflow:0.1.0", ["python", "-c", code], "/tmp")],
            "volumes": volumes({"/tmp": {"emptyDir": {}}}),
        },
    }
    ready.kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    done = ready.try_kubectl(
        "wait",
        "-n",
        RUNS,
        "--for=jsonpath={.status.phase}=Succeeded",
        "pod/like-a-run",
        "--timeout=180s",
        timeout=200,
    )
    log = ready.kubectl("logs", "-n", RUNS, "like-a-run")
    assert done.returncode == 0, log
    assert "BUCKETS ['mlpipeline']" in log
    assert "AccessDenied" in log


def test_network_policies_admit_the_namespace_of_runs(cluster: Cluster, applied: str) -> None:
    for name in ("mlflow", "minio"):
        policy = cluster.kubectl("get", "networkpolicy", name, "-n", "podium", "-o", "json")
        assert RUNS in policy
        assert "kubeflow" not in policy
