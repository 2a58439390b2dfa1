"""Fixtures that build the overlays with kustomize once per session."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "manifests"
OVERLAYS = ("kind", "production")
TEAM = "team"
SECRET_FILES = {
    "credentials.env",
    "database.env",
    "minio.env",
    "mlflow-store.env",
    "postgresql.env",
    "door.env",
    "tracking.env",
    "signing-key.env",
    "trusted-keys.env",
}

Object = dict[str, Any]


@pytest.fixture(scope="session")
def kustomize() -> list[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if found := shutil.which("kubectl", path=path):
        return [found, "kustomize"]
    if found := shutil.which("kustomize", path=path):
        return [found, "build"]
    pytest.fail(
        "install kubectl or kustomize, or Go, with which `make kustomize` builds kustomize into .venv"
    )


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the manifests with new credentials."""
    folder = tmp_path_factory.mktemp("copy") / "manifests"
    shutil.copytree(MANIFESTS, folder, ignore=shutil.ignore_patterns(*SECRET_FILES))
    subprocess.run([sys.executable, folder / "make-credentials", *OVERLAYS, TEAM], check=True)
    return folder


def build(kustomize: list[str], folder: Path) -> list[Object]:
    """Return the objects of a kustomization."""
    result = subprocess.run([*kustomize, folder], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "deprecated" not in result.stderr
    return list(yaml.safe_load_all(result.stdout))


@pytest.fixture(scope="session")
def built(kustomize: list[str], copy: Path) -> dict[str, list[Object]]:
    built = {name: build(kustomize, copy / "overlays" / name) for name in (*OVERLAYS, TEAM)}
    built["examples"] = build(kustomize, copy / "examples")
    return built


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, built: dict[str, list[Object]]) -> list[Object]:
    return built[request.param]


@pytest.fixture(params=[*OVERLAYS, TEAM])
def any_overlay(request: pytest.FixtureRequest, built: dict[str, list[Object]]) -> list[Object]:
    return built[request.param]
