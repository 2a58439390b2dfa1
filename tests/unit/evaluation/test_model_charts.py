"""Tests of the chart data of models that were not chosen."""

import json

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.evaluation.model_charts import model_charts
from podium_ml.run.budget import Deadline

CLASSES = {"binary": ("no", "yes"), "multiclass": tuple("abcdefgh"), "regression": ()}


def problem_of(task):
    return Problem("p", task, "target", "accuracy", columns=(), classes=CLASSES[task])


def predictions(task, rows):
    rng = np.random.default_rng(0)
    if task == "regression":
        y = rng.normal(size=rows)
        return y, y + rng.normal(size=rows)
    y = rng.integers(0, len(CLASSES[task]), rows)
    raw = rng.random((rows, len(CLASSES[task]))) + np.eye(len(CLASSES[task]))[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("binary", ["roc", "precision_recall", "calibration"]),
        ("multiclass", ["roc", "precision_recall", "calibration"]),
        ("regression", ["predicted_vs_true", "residuals"]),
    ],
)
def test_charts_are_small(task, names):
    y, raw = predictions(task, 30_000)
    made = model_charts(problem_of(task), y, {"ridge": raw, "lightgbm": raw}, deadline=Deadline())
    assert list(made) == ["ridge", "lightgbm"]
    assert list(made["ridge"]) == names
    assert len(json.dumps(made["ridge"])) < 10_000


def test_curves_of_several_classes_are_averages():
    y, raw = predictions("multiclass", 500)
    made = model_charts(problem_of("multiclass"), y, {"ridge": raw}, deadline=Deadline())["ridge"]
    assert [curve["label"] for curve in made["roc"]] == ["macro average", "micro average"]
    assert len(made["calibration"]) == 1


def test_points_of_a_curve_keep_its_ends():
    y, raw = predictions("binary", 5_000)
    (curve,) = model_charts(problem_of("binary"), y, {"ridge": raw}, deadline=Deadline())["ridge"]["roc"]
    assert (curve["x"][0], curve["y"][0], curve["x"][-1], curve["y"][-1]) == (0.0, 0.0, 1.0, 1.0)
    assert len(curve["x"]) == len(curve["y"]) <= 80
    assert sorted(curve["x"]) == curve["x"]


def test_no_charts_without_time():
    y, raw = predictions("binary", 50)
    assert model_charts(problem_of("binary"), y, {"ridge": raw}, deadline=Deadline(at=0.0)) == {}
