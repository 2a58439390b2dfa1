"""Tests of whole runs on texts: both engines, no network, the time limit."""

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from kfp import compiler

import podium
from podium.packages import load_pipeline, pipeline_arguments
from podium_ml.kinds import kind_of_settings, parse_settings
from tests.pipelines.no_network import forbid_network
from tests.unit.embeddings.tiny import write_static
from tests.unit.entities.test_models import texts

pytestmark = pytest.mark.slow
# As on a cluster: each task of the compiled package in a process of its own, which gets nothing but its inputs.
PACKAGE = """
import json, sys
from kfp import components, local
given = json.load(sys.stdin)
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=given["root"], enable_caching=False)
components.load_component_from_file(given["package"])(**given["parameters"])
"""


def reviews(rows, seed=0):
    """Return reviews that mention tea or a film; what is said of it decides about the stars."""
    random = np.random.default_rng(seed)
    thing, said = random.choice(["tea", "film"], rows), random.choice(["good", "bad"], rows)
    filler = [" ".join(random.choice(["the", "a", "very", "1", "again", "late"], 6)) for _ in range(rows)]
    table = pd.DataFrame({"text": [f"{a} {b} was {c}." for a, b, c in zip(filler, thing, said, strict=True)]})
    doubt = random.random(rows) < 0.1
    table["stars"] = np.where((said == "good") ^ doubt, "five", "one")
    return table.assign(about=[f"{one} {two}" for one, two in zip(thing, said, strict=True)])


def in_package(settings, folder):
    """Run the compiled package without Podium's engine, and return the leaderboard."""
    given = parse_settings(settings)
    compiler.Compiler().compile(load_pipeline(kind_of_settings(settings).name), str(folder / "package.yaml"))
    (folder / "root" / "tracking").mkdir(parents=True)
    tracking = {"folder": str(folder / "root" / "tracking"), "run_name": "run"}
    asked = {
        "root": str(folder / "root"),
        "package": str(folder / "package.yaml"),
        "parameters": pipeline_arguments(given, tracking=tracking),
    }
    words = [sys.executable, "-c", PACKAGE]
    done = subprocess.run(words, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (board,) = (folder / "root").rglob("delivery/leaderboard.csv")
    return pd.read_csv(board)


ASKED = {
    "classes": {"target": "about", "algorithms": "logistic_regression"},
    "sets": {"target": "tags", "task": "multilabel", "algorithms": "logistic_regression"},
    "spans": {"task": "entities", "algorithms": "conditional_random_field"},
}


def rows_of(kind, rows):
    """Return a table of texts with classes, sets of labels or spans."""
    if kind == "spans":
        return texts(rows)
    table = reviews(rows)[["text", "about"]]
    return table if kind == "classes" else table.assign(tags=table.pop("about").str.replace(" ", ", "))


@pytest.mark.parametrize("kind", ASKED)
def test_both_engines_have_the_same_leaderboard(kind, tmp_path, monkeypatch):
    forbid_network(tmp_path / "early", monkeypatch)
    rows_of(kind, 120 if kind == "spans" else 160).to_csv(tmp_path / "train.csv", index=False)
    asked = {"max_trials": 1, "seed": 3, "name": kind, **ASKED[kind]}
    if kind == "classes":
        asked["encoder"] = str(write_static(tmp_path / "encoder"))
    local = podium.run(tmp_path / "train.csv", out=tmp_path / "local", **asked).wait().leaderboard
    assert local["status"].eq("ok").all()
    scores = ["model", "chosen", *(name for name in local if name.endswith(("_oof", "_test")))]
    pd.testing.assert_frame_equal(
        in_package({"source": str(tmp_path / "train.csv"), **asked}, tmp_path)[scores],
        local[scores],
        rtol=1e-6,
    )


@pytest.mark.alone
@pytest.mark.parametrize("kind", ASKED)
def test_time_limit_is_kept(kind, tmp_path, monkeypatch):
    forbid_network(tmp_path / "early", monkeypatch)
    asked = {name: value for name, value in ASKED[kind].items() if name != "algorithms"}
    if kind == "classes":
        asked["encoder"] = str(write_static(tmp_path / "encoder"))
    rows = rows_of(kind, 2_000)
    began = time.monotonic()
    board = podium.run(rows, out=tmp_path / "run", time_limit="30s", **asked).wait().leaderboard
    assert time.monotonic() - began < 45
    assert board["status"].eq("ok").any()
    assert board["model"].str.startswith("conditional_random_field" if kind == "spans" else "text_").any()
