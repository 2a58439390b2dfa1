"""Tests of what ``make deploy`` says before it applies anything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MANIFESTS, OVERLAYS

OPERATORS = "cert-manager.io/v1 external-secrets.io/v1"
APIS = "v1 apps/v1 batch/v1 networking.k8s.io/v1 policy/v1 rbac.authorization.k8s.io/v1"


def check(folder: Path, objects: str, *, apis: str, namespaces: str) -> list[str]:
    """Return the lines of the error for a cluster with these interfaces and namespaces."""
    kubectl = folder / "kubectl"
    kubectl.write_text(f"#!/bin/sh\ncase $1 in api-versions) echo {apis};; get) echo {namespaces};; esac\n")
    kubectl.chmod(0o755)
    command = [sys.executable, MANIFESTS / "check", kubectl]
    done = subprocess.run(command, input=objects, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if done.stderr else 0)
    return done.stderr.splitlines()


@pytest.fixture
def rendered(copy: Path, kustomize: list[str]) -> dict[str, str]:
    """Return the objects of each overlay as kustomize prints them."""
    return {
        name: subprocess.run(
            [*kustomize, copy / "overlays" / name], capture_output=True, text=True, check=True
        ).stdout
        for name in OVERLAYS
    }


def test_operators_that_a_cluster_lacks_are_told_at_once(rendered: dict[str, str], tmp_path: Path) -> None:
    told = check(tmp_path, rendered["production"], apis=APIS, namespaces="default kubeflow")
    assert told[0].startswith("error: nothing was applied")
    lacks = [line for line in told if "it does not know" in line]
    assert [line.partition(": install ")[2].partition(" (")[0] for line in lacks] == [
        "cert-manager",
        "External Secrets",
    ]
    assert "certificate.yaml" in lacks[0]


def test_overlay_that_nobody_has_filled_in(rendered: dict[str, str], tmp_path: Path) -> None:
    told = check(tmp_path, rendered["production"], apis=f"{APIS} {OPERATORS}", namespaces="default kubeflow")
    text = "\n".join(told)
    for place in ("s3.example.com", "postgresql.example.com", "registry.example.com", "Replace this line"):
        assert place in text
    assert "does not know" not in text


def test_overlay_that_is_filled_in(rendered: dict[str, str], tmp_path: Path) -> None:
    text = rendered["production"].replace("example.com", "ourselves.net")
    text = re.sub(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.", "10.1.2.", text)
    text = text.replace("Replace this line", "-----BEGIN CERTIFICATE-----")
    assert check(tmp_path, text, apis=f"{APIS} {OPERATORS}", namespaces="default kubeflow") == []
    told = check(tmp_path, text, apis=f"{APIS} {OPERATORS}", namespaces="default")
    assert told[1:-1] == ["- it has no namespace kubeflow"]


def test_overlay_kind_needs_kubeflow_alone(rendered: dict[str, str], tmp_path: Path) -> None:
    # `make deploy` fills in the address of the cluster's own server.
    text = rendered["kind"].replace("192.0.2.1/32", "10.96.0.1/32")
    assert check(tmp_path, text, apis=APIS, namespaces="default kubeflow") == []
