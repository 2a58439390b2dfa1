"""Tests of ``images/build`` with a builder that only writes down what it is asked for."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIGEST = "sha256:" + "b" * 64
BUILDER = f"""#!/bin/sh
echo "$@" >>"$CALLS"
case "$1 $2" in
"image inspect") echo "registry.example/team/python-cpu@{DIGEST}" ;;
"push --digestfile") printf '{DIGEST}' >"$3" ;;
"run --rm") echo '{{"bomFormat": "CycloneDX"}}' ;;
esac
"""


@pytest.fixture(params=["docker", "podman"])
def call(request, tmp_path):
    """Return a function that builds an image, and returns the calls of the builder."""
    shutil.copytree(ROOT / "images", tmp_path / "images")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / request.param
    program.write_text(BUILDER)
    program.chmod(0o755)

    def build(**variables):
        settings = {"REGISTRY": "registry.example/team", "TAG": "1.2", "BUILDER": request.param}
        settings |= {"CALLS": str(tmp_path / "calls"), "DIGESTS": str(tmp_path / "made" / "digests.json")}
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        command = ["bash", tmp_path / "images" / "build", "python-cpu"]
        subprocess.run(command, env={"PATH": path, **settings, **variables}, check=True, capture_output=True)
        return (tmp_path / "calls").read_text()

    return build


def test_the_base_is_named_by_its_digest(call):
    base = (ROOT / "images" / "base-image").read_text().strip()
    assert "@sha256:" in base
    assert f"BASE_IMAGE={base}" in call()


def test_another_base_can_be_given(call):
    assert "BASE_IMAGE=mine:1 " in call(BASE_IMAGE="mine:1")


def test_pushed_images_leave_their_digests(call, tmp_path):
    assert "push" in call(PUSH="1")
    assert json.loads((tmp_path / "made" / "digests.json").read_text()) == {"python-cpu": DIGEST}


def test_nothing_is_pushed_unasked(call, tmp_path):
    assert "push" not in call()
    assert not (tmp_path / "made").exists()


def test_the_bill_of_materials_is_taken_out_of_the_image(call, tmp_path):
    call(SBOM=str(tmp_path / "bills"))
    assert json.loads((tmp_path / "bills" / "python-cpu.cdx.json").read_text())["bomFormat"] == "CycloneDX"
