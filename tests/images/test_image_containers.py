"""Tests of each image: its contents, its size, and that it runs with few permissions."""

import json
import re

import pytest

from podium.images import IMAGES

pytestmark = pytest.mark.docker

# Maximum uncompressed sizes in MB. images/README.md explains them.
MOST = {"python-cpu": 1300, "python-torch": 7000}
UNCOMPILED = """
import importlib.util, pathlib, sysconfig
def is_python(path):
    try:
        compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError):
        return False
    return True
for path in pathlib.Path(sysconfig.get_path("purelib")).rglob("*.py"):
    compiled = pathlib.Path(importlib.util.cache_from_source(path))
    # Flag 1: made of a source with a hash that nobody checks; others are made anew at each start where times differ.
    if not (compiled.exists() and compiled.read_bytes()[4] == 1) and is_python(path):
        print(path)
"""
# Warnings are printed too, and the test expects none.
STAGE = """
import json
from pathlib import Path
import pandas as pd
from podium_ml.stages.ingest_data import run
Path("rows.csv").write_text("age,churn\\n" + "\\n".join(f"{age},{age % 2}" for age in range(100)))
facts = run(source="/tmp/rows.csv", test="", reader={}, table="/tmp/table")
print(json.dumps({"rows": facts["rows"], "columns": facts["columns"]}))
"""
FITS = """
import json
import numpy as np
from podium_ml.tabular.algorithms import ALGORITHMS
print(json.dumps({name: [spec.resources.image, spec.is_available()] for name, spec in ALGORITHMS.items()}))
import catboost, lightgbm, matplotlib.backends.backend_svg, mlflow.pyfunc, shap, skrub, xgboost
from interpret.glassbox import ExplainableBoostingClassifier
X = np.random.default_rng(0).normal(size=(200, 3))
y = (X[:, 0] > 0).astype(int)
for model in (
    catboost.CatBoostClassifier(iterations=5, verbose=False, allow_writing_files=False),
    lightgbm.LGBMClassifier(n_estimators=5, verbose=-1),
    xgboost.XGBClassifier(n_estimators=5),
    ExplainableBoostingClassifier(max_rounds=200, n_jobs=1),
):
    assert (model.fit(X, y).predict(X) == y).mean() > 0.9, model
from podium_ml.object_store import Bucket, ObjectStore, arrow_files
Bucket(ObjectStore("http://127.0.0.1:1"), "bucket")
arrow_files(ObjectStore("http://127.0.0.1:1"), "bucket")
"""

NETWORK = """
import numpy as np
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.contracts import Problem
spec = ALGORITHMS["neural_network"]
problem = Problem(name="easy", task="binary", target="y", metric="roc_auc", columns=(), classes=("no", "yes"))
X = np.random.default_rng(0).normal(size=(300, 3)).astype("float32")
y = (X[:, 0] > 0).astype("int64")
network = spec.build(problem, seed=0, n_jobs=1)
spec.fit_estimator(network, X, y)
assert ((network.predict_proba(X)[:, 1] > 0.5) == y).mean() > 0.8
"""


@pytest.fixture(params=IMAGES)
def image(request, names, docker_client):
    """Return each image in turn."""
    return docker_client.images.get(names[request.param])


def kind(image):
    """Return the short name of an image."""
    return next(name for name in IMAGES if any(f"/{name}:" in tag for tag in image.tags))


def test_commands_run_as_any_user_with_read_only_files(image, inside):
    assert "Usage: podium" in inside(image, "podium", "--help")
    assert inside(image, "id", "-u") == "12345\n"
    assert inside(image, "python", "-c", "import podium_ml, podium_components") == ""
    assert inside(image, "python3", "-m", "kfp.dsl.executor_main", "--help").startswith("usage:")


def test_stage_runs(image, inside):
    assert json.loads(inside(image, "python", "-c", STAGE)) == {"rows": 100, "columns": 2}


def test_libraries_work_without_removed_files(image, inside):
    found = json.loads(inside(image, "python", "-W", "ignore", "-c", FITS).splitlines()[0])
    absent = {name for name, (_, is_available) in found.items() if not is_available}
    networks = {name for name, (needed, _) in found.items() if needed == "python-torch"}
    assert absent == (networks if kind(image) == "python-cpu" else set())


def test_neural_network_can_be_trained(names, inside):
    assert inside(names["python-torch"], "python", "-W", "ignore", "-c", NETWORK) == ""


def test_modules_are_precompiled(image, inside):
    assert inside(image, "python", "-W", "ignore", "-c", UNCOMPILED) == ""


def test_user_is_numeric_and_not_root(image):
    assert re.fullmatch(r"[1-9]\d*:0", image.attrs["Config"]["User"])


def test_only_root_can_change_the_program(image, inside):
    assert inside(image, "find", "/opt/podium", "-not", "-type", "l", "-writable", read_only=False) == ""


def test_image_contains_no_build_tools_or_caches(image, inside):
    look = (
        "command -v cc gcc ld strip make;"
        "find / -xdev \\( -name '*.whl' -o -name '*.deb' -o -path '/root/.cache/*' -o -path /build -o -path /source "
        "-o -path /layer -o -path '/var/lib/apt/lists/*_*' \\) -not -path '*/share/python-wheels/*' "
        "-not -path '*/ensurepip/*'"
    )
    found = inside(image, "sh", "-c", f"{look}; true", user="0:0", cap_drop=[], cap_add=["DAC_READ_SEARCH"])
    assert found == ""


def test_image_has_labels(image):
    labels = {
        name.removeprefix("org.opencontainers.image."): text
        for name, text in image.attrs["Config"]["Labels"].items()
    }
    assert labels["title"] == f"Podium: {kind(image)}"
    assert labels["licenses"] == "Apache-2.0"
    assert labels["version"]
    assert re.fullmatch(r"[0-9a-f]{40}", labels["revision"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", labels["created"])


def test_image_lists_its_packages(image, inside):
    bill = json.loads(inside(image, "cat", "/usr/share/podium/sbom.cdx.json"))
    listed = {one["purl"].partition("@")[0] for one in bill["components"] if "purl" in one}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"pkg:pypi/numpy", "pkg:pypi/mlflow", "pkg:deb/debian/libc6"} <= listed


def test_image_size_is_limited(image):
    assert image.attrs["Size"] / 1e6 < MOST[kind(image)]


def test_pytorch_image_extends_the_layers_of_the_cpu_image(names, docker_client):
    cpu, torch = (docker_client.images.get(names[name]).attrs["RootFS"]["Layers"] for name in IMAGES)
    assert set(cpu) < set(torch)
