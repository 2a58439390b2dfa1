"""Tests of chart data."""

import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from podium_ml.contracts import Problem
from podium_ml.targets import TARGETS, target_of_task

CURVES = ("roc", "precision_recall", "gains", "lift", "calibration")


def problem(task, classes=()):
    return Problem("p", task, "y", "auto", (), classes=classes)


def predictions(rows, classes, seed=0):
    random = np.random.default_rng(seed)
    y = random.integers(0, classes, rows)
    raw = random.dirichlet(np.ones(classes), rows) + 0.5 * np.eye(classes)[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


def charts_of(task, y, raw, classes=(), threshold=None):
    charts = target_of_task(task).charts(problem(task, classes), y, raw, threshold=threshold)
    json.dumps(charts, allow_nan=False)
    return charts


@pytest.mark.parametrize("rows", [40, 5000])
def test_binary_curves(rows):
    y, raw = predictions(rows, 2)
    charts = charts_of("binary", y, raw, ("no", "yes"))
    for name in CURVES:
        assert [curve["label"] for curve in charts[name]] == ["yes"]
        curve = charts[name][0]
        assert len(curve["x"]) == len(curve["y"]) <= 200
    roc, gains, lift = (charts[name][0] for name in ("roc", "gains", "lift"))
    assert (roc["x"][0], roc["y"][0], roc["x"][-1], roc["y"][-1]) == (0, 0, 1, 1)
    assert roc["area"] == pytest.approx(roc_auc_score(y, raw[:, 1]))
    assert np.trapezoid(roc["y"], roc["x"]) == pytest.approx(roc["area"], abs=0.01)
    assert (gains["x"][0], gains["y"][0], gains["x"][-1], gains["y"][-1]) == (0, 0, 1, 1)
    assert lift["y"][0] > 1
    assert lift["y"][-1] == pytest.approx(1)
    assert charts["precision_recall"][0]["share"] == pytest.approx(y.mean())
    assert sum(charts["calibration"][0]["counts"]) == rows


def test_tied_scores():
    """The order of rows with equal scores does not affect the curves."""
    y = np.array([1, 1, 0, 0])
    charts = charts_of("binary", y, np.full((4, 2), 0.5), ("no", "yes"))
    assert charts["gains"][0]["x"] == charts["gains"][0]["y"] == [0.0, 1.0]
    assert charts["lift"][0]["y"] == [1.0]


def test_confusion_matrix_uses_the_threshold():
    y = np.array([0, 0, 1, 1])
    raw = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.1, 0.9]])
    plain = charts_of("binary", y, raw, (False, True))["confusion_matrix"]
    assert plain == {
        "labels": ["False", "True"],
        "matrix": [[2, 0], [1, 1]],
        "normalised": [[1, 0], [0.5, 0.5]],
    }
    assert charts_of("binary", y, raw, (False, True), 0.35)["confusion_matrix"]["matrix"] == [[2, 0], [0, 2]]


def test_perfect_probabilities_are_calibrated():
    random = np.random.default_rng(0)
    positive = random.random(20_000)
    y = (random.random(20_000) < positive).astype(int)
    curve = charts_of("binary", y, np.column_stack([1 - positive, positive]), (0, 1))["calibration"][0]
    np.testing.assert_allclose(curve["x"], curve["y"], atol=0.05)
    assert curve["error"] < 0.02


def test_many_classes_are_reduced_to_the_most_frequent_and_averages():
    y, raw = predictions(3000, 60)
    y[:600] = 7
    charts = charts_of("multiclass", y, raw, tuple(range(60)))
    matrix = charts["confusion_matrix"]
    assert len(matrix["labels"]) == 50
    assert matrix["labels"][-1] == "(other classes)"
    assert np.sum(matrix["matrix"]) == 3000
    assert charts["roc"][0]["label"] == "7"
    assert [c["label"] for c in charts["roc"] if c.get("average")] == ["macro average", "micro average"]
    assert len(charts["lift"]) == 6
    assert all(len(curve["x"]) <= 200 for name in CURVES for curve in charts[name])


def test_macro_average_area_is_the_mean_of_the_classes():
    y, raw = predictions(500, 4)
    charts = charts_of("multiclass", y, raw, tuple("abcd"))
    macro = next(curve for curve in charts["roc"] if curve["label"] == "macro average")
    assert macro["area"] == pytest.approx(roc_auc_score(y, raw, multi_class="ovr"))
    assert np.trapezoid(macro["y"], macro["x"]) == pytest.approx(macro["area"], abs=0.02)


@pytest.mark.parametrize("classes", [2, 3])
def test_single_observed_class_has_a_matrix_but_no_curves(classes):
    y, raw = np.zeros(10, dtype=int), np.full((10, classes), 1 / classes)
    charts = charts_of("binary" if classes == 2 else "multiclass", y, raw, tuple(range(classes)))
    assert charts["confusion_matrix"]["matrix"][0][0] == 10
    assert not any(charts[name] for name in CURVES)


def test_regression_charts():
    random = np.random.default_rng(0)
    y = random.normal(100, 20, 2000)
    predicted = y + random.normal(0, 5, 2000)
    predicted[0] = 1e6
    charts = charts_of("regression", y, predicted)
    scatter, residuals = charts["predicted_vs_true"], charts["residuals"]
    assert len(scatter["true"]) == len(scatter["predicted"]) == 600
    assert sum(scatter["bins"]["counts"]) == 2000
    assert scatter["bins"]["true"] == sorted(scatter["bins"]["true"])
    assert sum(residuals["counts"]) == 2000
    assert len(residuals["edges"]) == len(residuals["counts"]) + 1
    assert residuals["edges"][-1] < 100, "an outlier must not flatten the histogram"


def test_regression_charts_of_one_row_or_without_errors():
    for rows in (1, 5):
        y = np.full(rows, 3.0)
        charts = charts_of("regression", y, y)
        assert sum(charts["residuals"]["counts"]) == rows


def test_kubeflow_roc_is_finite_and_small():
    kubeflow_roc = TARGETS["labels"].kubeflow_roc
    y, raw = predictions(5000, 2)
    roc = kubeflow_roc(y, raw)
    assert len(roc["fpr"]) == len(roc["tpr"]) == len(roc["thresholds"]) <= 200
    assert np.isfinite(roc["thresholds"]).all()
    assert kubeflow_roc(np.zeros(5, dtype=int), raw[:5]) is None
    assert kubeflow_roc(*predictions(50, 3)) is None
    assert TARGETS["values"].kubeflow_roc(y, y) is None
