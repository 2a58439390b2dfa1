"""Fixtures that apply the manifests to a real cluster once per session."""

import os
import re
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cluster.nodes import why_closed

ROOT = Path(__file__).resolve().parents[2]
RUNS = "podium-test-runs"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Describe the nodes once if no pod can be scheduled, and end the tests, which would all fail alike."""
    report = yield
    if report.failed and (why := why_closed()):
        report.sections.append(("Nodes", why))
        item.session.shouldstop = "no node takes pods"
    return report


class Cluster:
    """A cluster that is accessed with kubectl."""

    def try_kubectl(
        self, *words: str, timeout: int = 120, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", *words], capture_output=True, text=True, timeout=timeout, input=stdin, check=False
        )

    def kubectl(self, *words: str, timeout: int = 120, stdin: str | None = None) -> str:
        result = self.try_kubectl(*words, timeout=timeout, stdin=stdin)
        assert result.returncode == 0, f"kubectl {' '.join(words)}\n{result.stdout}{result.stderr}"
        return result.stdout

    def python(self, code: str) -> str:
        """Run Python in the container of MLflow, which has the libraries and network access to the servers."""
        return self.kubectl(
            "exec", "-n", "podium", "deployment/mlflow", "-c", "mlflow", "--", "python", "-c", code
        )

    @contextmanager
    def tunnel(self, namespace: str, service: str, port: int) -> Iterator[str]:
        """Forward a port of a Service to this machine, and yield its address."""
        command = ["kubectl", "port-forward", "-n", namespace, f"service/{service}", f":{port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                found = re.search(r"127\.0\.0\.1:\d+", line)
                assert found, f"{' '.join(command)}: {line}"
                yield f"http://{found[0]}"
            finally:
                process.terminate()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail(
            "set KUBECONFIG to a cluster on which the namespaces podium and podium-test-runs may be created and deleted"
        )
    if not shutil.which("kubectl"):
        pytest.fail("put kubectl on the PATH")
    cluster = Cluster()
    cluster.kubectl("version")
    return cluster


@pytest.fixture(scope="session")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the manifests, and set new credentials and another namespace for runs, as a user would."""
    root = tmp_path_factory.mktemp("manifests")
    shutil.copytree(
        ROOT / "manifests", root / "manifests", ignore=lambda _, names: [n for n in names if n in SECRETS]
    )
    shutil.copytree(ROOT / "tests" / "cluster" / "overlay", root / "tests" / "cluster" / "overlay")
    subprocess.run([root / "manifests" / "make-credentials", "kind"], check=True)
    runs = root / "manifests" / "overlays" / "kind" / "runner" / "kustomization.yaml"
    text = runs.read_text()
    assert "namespace: kubeflow\n" in text
    runs.write_text(text.replace("namespace: kubeflow\n", f"namespace: {RUNS}\n"))
    return root / "tests" / "cluster" / "overlay"


SECRETS = {
    "credentials.env",
    "database.env",
    "minio.env",
    "mlflow-store.env",
    "postgresql.env",
    "door.env",
    "tracking.env",
}


@pytest.fixture(scope="session")
def applied(cluster: Cluster, overlay: Path) -> Iterator[str]:
    """Apply the overlay, and yield the output. Delete everything afterwards, unless PODIUM_TEST_KEEP is set."""
    if cluster.try_kubectl("get", "namespace", "podium").returncode == 0:
        pytest.fail("the cluster already has a namespace podium, which these tests would delete")
    try:
        cluster.kubectl("create", "namespace", RUNS)
        cluster.kubectl("label", "namespace", RUNS, "pod-security.kubernetes.io/enforce=restricted")
        result = cluster.try_kubectl("apply", "-k", str(overlay))
        assert result.returncode == 0, result.stdout + result.stderr
        yield result.stdout + result.stderr
    finally:
        if not os.environ.get("PODIUM_TEST_KEEP"):
            cluster.try_kubectl(
                "delete", "namespace", "podium", RUNS, "--ignore-not-found", "--wait", timeout=300
            )


@pytest.fixture(scope="session")
def ready(cluster: Cluster, applied: str) -> Cluster:
    for name in ("statefulset/minio", "statefulset/postgresql", "deployment/mlflow"):
        result = cluster.try_kubectl("rollout", "status", "-n", "podium", name, "--timeout=300s", timeout=320)
        if result.returncode:
            pods = cluster.try_kubectl("get", "pods", "-n", "podium", "-o", "wide").stdout
            events = cluster.try_kubectl("get", "events", "-n", "podium", "--sort-by=.lastTimestamp").stdout
            log = cluster.try_kubectl("logs", "-n", "podium", name, "--tail=60").stdout
            pytest.fail(f"{name}: {result.stdout}{result.stderr}\n{pods}\n{events}\n{log}")
    jobs = ("job/minio-bucket", "job/postgresql-database")
    cluster.kubectl("wait", "-n", "podium", "--for=condition=complete", *jobs, "--timeout=300s", timeout=320)
    return cluster
