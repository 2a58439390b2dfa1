"""Tests of the bill of materials, and of the digests of images that others make."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[2] / "images"


def test_debian_packages_join_the_python_packages(tmp_path):
    path = tmp_path / "sbom.cdx.json"
    python = {"type": "library", "name": "numpy", "version": "2.4.6", "purl": "pkg:pypi/numpy@2.4.6"}
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [python]}))
    lines = "libc6 2.41-12+deb13u1 amd64\nbase-files 13.8 amd64\n"
    subprocess.run(
        [sys.executable, IMAGES / "add_debian_packages.py", path], input=lines, text=True, check=True
    )
    bill = json.loads(path.read_text())
    assert [one["purl"] for one in bill["components"]] == [
        "pkg:pypi/numpy@2.4.6",
        "pkg:deb/debian/base-files@13.8?arch=amd64",
        "pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64",
    ]


@pytest.fixture
def renew(monkeypatch):
    """Return the function that renews digests, with a registry that has one for each image."""
    spec = importlib.util.spec_from_file_location("renew_digests", IMAGES / "renew_digests.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "digest_of", lambda image: f"sha256:{len(image):064x}")
    return module.renew


@pytest.mark.parametrize("old", ["", "@sha256:" + "c" * 64])
def test_digests_are_renewed(renew, old):
    name = "docker.io/library/postgres:17.12-bookworm"
    assert renew(f"        image: {name}{old}") == f"        image: {name}@sha256:{len(name):064x}"


def test_images_of_our_own_keep_their_names(renew):
    line = "        image: podium.invalid/mlflow:0.1.0"
    assert renew(line) == line
