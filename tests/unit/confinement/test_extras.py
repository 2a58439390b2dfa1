"""Tests of what users are told about missing optional parts."""

import re
from pathlib import Path

import pytest

from podium_ml.confinement.extras import OF_TORCH_IMAGE, install, install_packages
from podium_ml.kinds import KINDS

PODS = {
    "torch": "Set PODIUM_STAGE_IMAGE=python-torch",
    "transformers": "Set PODIUM_STAGE_IMAGE=python-torch",
    "forecasting": "lacks the extra 'forecasting': name it in EXTRAS",
}


@pytest.mark.parametrize("extra", PODS)
def test_pods_name_the_image_and_machines_what_to_install(extra, monkeypatch):
    assert f"pip install '.[{extra}]'" in install(extra)
    monkeypatch.setenv("KFP_POD_NAME", "podium-tabular-1")
    assert PODS[extra] in install(extra)
    assert "pip install" not in install(extra)


def test_pods_name_the_image_that_lacks_packages_in_no_extra(monkeypatch):
    assert install_packages("oracledb", "pyodbc") == "Run: pip install oracledb pyodbc"
    monkeypatch.setenv("KFP_POD_NAME", "podium-tabular-1")
    told = install_packages("oracledb", "pyodbc")
    assert "The image of the stages lacks oracledb and pyodbc" in told
    assert "pip install" not in told


def test_the_image_of_networks_has_their_extras():
    specs = [spec for kind in KINDS.values() for spec in kind.algorithms.values()]
    own = {spec.extra for spec in specs if spec.resources.image == "python-torch"}
    others = {spec.extra for spec in specs if spec.resources.image != "python-torch"}
    assert own <= OF_TORCH_IMAGE
    assert not others & OF_TORCH_IMAGE
    recipe = Path("images/python-torch/Containerfile").read_text()
    (added,) = re.findall(r'install-extra "([^"]+)"', recipe)
    assert set(added.split()) | {"torch"} == OF_TORCH_IMAGE
