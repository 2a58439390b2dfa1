"""Tests that a new kind of problem, in one folder with one declaration, runs without changes to shared code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from podium_ml.kinds import KINDS

ROOT = Path(__file__).parents[2]


def podium(*arguments, cwd):
    """Run the command line with the toy kind installed."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "components"), str(ROOT / "pipelines")])
    environment = {**os.environ, "PODIUM_KINDS": "tests.toy_kind", "PYTHONPATH": path}
    command = [sys.executable, "-m", "podium.main", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_package_has_a_form_for_the_kind(tmp_path):
    done = podium("compile", "--out", "build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in (tmp_path / "build").iterdir()} == {*KINDS, "toy"}
    toy, tabular = (
        next(yaml.safe_load_all((tmp_path / "build" / f"{n}.yaml").read_text())) for n in ("toy", "tabular")
    )
    forms = [set(package["root"]["inputDefinitions"]["parameters"]) for package in (toy, tabular)]
    assert forms[0] - forms[1] == {"answer"}
    assert "time_column" in forms[1] - forms[0]
    assert toy["pipelineInfo"]["name"] == "podium-toy"
    # The tasks and their inputs and outputs are the same, except the first task, which has the form's parameters.
    for package in (toy, tabular):
        package["components"].pop("comp-resolve-inputs")
    assert set(toy["components"]) == set(tabular["components"])


def test_options_are_on_the_command_line(tmp_path):
    assert "--answer" in podium("run", "--help", cwd=tmp_path).stdout


@pytest.mark.slow
def test_run_report_and_predictions(tmp_path):
    random = np.random.default_rng(0)
    table = pd.DataFrame({"x": random.normal(size=90), "y": random.normal(7.0, 1.0, size=90)})
    table.to_csv(tmp_path / "toys.csv", index=False)
    done = podium(
        "run", "toys.csv", "--target", "y", "--answer", "7", "--max-trials", "1", "--name", "toys",
        "--out", "runs/toy", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "toy"
    assert json.loads((run / "run.json").read_text())["problem"] == "toy"
    assert json.loads((run / "problem.json").read_text())["kind"] == "toy"
    board = pd.read_csv(run / "leaderboard.csv")
    assert {"baseline", "median"} <= set(board["model"])
    assert board["status"].eq("ok").all()
    assert board["distance_test"].between(0.3, 2).all()
    report = (run / "report.html").read_text()
    assert report.count("<h1") == 1
    assert "A constant depends on no column." in report
    predicted = podium("predict", "runs/toy", "toys.csv", cwd=tmp_path)
    assert predicted.returncode == 0, predicted.stderr
    values = set(predicted.stdout.splitlines()[1:])
    assert len(values) == 1
    assert 6 < float(values.pop()) < 8
