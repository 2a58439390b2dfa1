"""Tests of the overlay "production" on a real cluster: MLflow behind TLS and its door.

The tests take the place of the operators that the overlay needs, which make Secrets and certificates. The store and the
database are those of the overlay "kind".
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from .conftest import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
NAMESPACE = "podium-test-production"
ACCOUNT = {"MLFLOW_TRACKING_USERNAME": "runs", "MLFLOW_TRACKING_PASSWORD": os.urandom(16).hex()}
DOOR = {
    "MLFLOW_AUTH_ADMIN_USERNAME": "administrator",
    "MLFLOW_AUTH_ADMIN_PASSWORD": os.urandom(16).hex(),
    "MLFLOW_FLASK_SERVER_SECRET_KEY": os.urandom(16).hex(),
}
SETTINGS = {
    "ARTIFACTS_DESTINATION": "s3://mlflow",
    "AWS_ENDPOINT_URL": "http://minio.podium.svc:9000",
    "AWS_REGION": "us-east-1",
    "PGHOST": "postgresql.podium.svc",
    "PGSSLMODE": "disable",
    "MLFLOW_SERVER_ALLOWED_HOSTS": "127.0.0.1:*",
}
SMALL = {"requests": {"cpu": "10m", "memory": "256Mi"}, "limits": {"memory": "4Gi"}}


def replace_placeholders(folder: Path) -> None:
    """Put addresses of one's own in place of those that are reserved for documentation."""
    for path in folder.rglob("*"):
        if path.suffix in (".yaml", ".env"):
            text = path.read_text().replace("example.com", "podium-test.net")
            path.write_text(re.sub(r"192\.0\.2\.|198\.51\.100\.", "10.244.0.", text))


def deploy(overlay: Path) -> subprocess.CompletedProcess[str]:
    """Deploy an overlay as `make deploy` does."""
    command = overlay.parents[1] / "deploy"
    variables = {**os.environ, "REGISTRY": "podium.invalid", "TAG": os.environ.get("TAG") or "0.1.0"}
    return subprocess.run(
        [command, overlay.name], capture_output=True, text=True, check=False, env=variables, timeout=800
    )


def run(*command: str | Path, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a private certificate authority, and a certificate of it for the server."""
    folder = tmp_path_factory.mktemp("authority")
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj")
    run(*new, "/CN=private", "-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt", folder=folder)
    run(*new, "/CN=mlflow", "-keyout", "tls.key", "-out", "tls.csr", folder=folder)
    (folder / "names").write_text(f"subjectAltName=IP:127.0.0.1,DNS:mlflow.{NAMESPACE}.svc\n")
    sign = (
        "openssl",
        "x509",
        "-req",
        "-in",
        "tls.csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
    )
    run(*sign, "-days", "2", "-extfile", "names", "-out", "tls.crt", folder=folder)
    return folder


@pytest.fixture(scope="module")
def tested(overlay: Path, authority: Path) -> Path:
    """Return an overlay on top of "production", as its checklist describes."""
    overlays = overlay.parents[2] / "manifests" / "overlays"
    replace_placeholders(overlays / "production")
    (overlays / "production" / "runner" / "ca.crt").write_text((authority / "ca.crt").read_text())
    patches = [
        *(
            {
                "target": {"kind": kind},
                "patch": json.dumps({"$patch": "delete", "kind": kind, "metadata": {"name": "any"}}),
            }
            for kind in ("ExternalSecret", "Certificate")
        ),
        *(
            {
                "target": {"kind": "Deployment"},
                "patch": json.dumps(
                    [{"op": "replace", "path": f"/spec/template/spec/{one}/0/resources", "value": SMALL}]
                ),
            }
            for one in ("containers", "initContainers")
        ),
    ]
    kustomization = {
        "namespace": NAMESPACE,
        "resources": ["../production"],
        "images": [
            {
                "name": "registry.podium-test.net/podium/mlflow",
                "newName": "podium.invalid/mlflow",
                "newTag": os.environ.get("TAG") or "0.1.0",
            }
        ],
        "replicas": [{"name": "mlflow", "count": 1}],
        "patches": patches,
        "configMapGenerator": [
            {
                "name": "mlflow-settings",
                "namespace": "podium",
                "behavior": "merge",
                "literals": [f"{name}={value}" for name, value in SETTINGS.items()],
            }
        ],
    }
    (overlays / "tested").mkdir()
    (overlays / "tested" / "kustomization.yaml").write_text(json.dumps(kustomization))
    return overlays / "tested"


@pytest.fixture(scope="module")
def server(ready: Cluster, tested: Path, authority: Path) -> Iterator[str]:
    """Deploy the overlay, and yield the address of MLflow."""
    kind = tested.parent / "kind"
    secrets = {
        "s3-credentials": (kind / "mlflow-store.env").read_text(),
        "database-credentials": (kind / "database.env").read_text(),
        "mlflow-door": "\n".join(f"{name}={value}" for name, value in DOOR.items()),
        "mlflow-accounts": "\n".join(f"{name}={value}" for name, value in ACCOUNT.items()),
    }
    try:
        ready.kubectl("create", "namespace", NAMESPACE)
        for name, text in secrets.items():
            (authority / name).write_text(text)
            file = f"--from-env-file={authority / name}"
            ready.kubectl("create", "secret", "generic", name, "-n", NAMESPACE, file)
        pair = (f"--cert={authority / 'tls.crt'}", f"--key={authority / 'tls.key'}")
        ready.kubectl("create", "secret", "tls", "mlflow-tls", "-n", NAMESPACE, *pair)
        done = deploy(tested)
        every = ("deployment/mlflow", "-n", NAMESPACE, "--all-containers", "--tail=40")
        assert done.returncode == 0, done.stdout + done.stderr + ready.try_kubectl("logs", *every).stdout
        assert "would violate" not in done.stderr
        with ready.tunnel(NAMESPACE, "mlflow", 5000) as address:
            yield address.replace("http:", "https:")
    finally:
        if not os.environ.get("PODIUM_TEST_KEEP"):
            ready.try_kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", timeout=300)


def test_operators_that_are_missing_are_told_before_anything_is_applied(ready: Cluster, tested: Path) -> None:
    """The cluster has neither cert-manager nor External Secrets."""
    kinds = "deployments,services,networkpolicies,configmaps,secrets"
    before = ready.kubectl("get", kinds, "-n", "podium", "-o", "name")
    done = deploy(tested.parent / "production")
    assert done.returncode == 1
    for name in ("cert-manager", "External Secrets"):
        assert f": install {name} (" in done.stderr
    assert ready.kubectl("get", kinds, "-n", "podium", "-o", "name") == before


SEARCH = "api/2.0/mlflow/experiments/search?max_results=1"


def test_account_enters_over_tls(server: str, authority: Path) -> None:
    for account in (tuple(ACCOUNT.values()), tuple(DOOR.values())[:2]):
        answer = requests.get(
            f"{server}/{SEARCH}", auth=account, verify=str(authority / "ca.crt"), timeout=60
        )
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("account", [None, ("runs", "wrong"), ("administrator", ""), ("admin", "password")])
def test_nobody_else_enters(server: str, authority: Path, account: tuple[str, str] | None) -> None:
    answer = requests.get(f"{server}/{SEARCH}", auth=account, verify=str(authority / "ca.crt"), timeout=60)
    assert answer.status_code == 401


def test_server_speaks_no_plain_http_and_needs_the_authority(server: str) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{server}/health", timeout=60)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{server.replace('https:', 'http:')}/health", timeout=60)


def test_account_of_runs_is_no_administrator(server: str, authority: Path) -> None:
    fields = {"username": "eve", "password": "password-of-eve"}
    address = f"{server}/api/2.0/mlflow/users/create"
    given = {"verify": str(authority / "ca.crt"), "timeout": 60}
    assert requests.post(address, json=fields, auth=tuple(ACCOUNT.values()), **given).status_code == 403
    assert requests.post(address, json=fields, auth=tuple(DOOR.values())[:2], **given).status_code == 200
