"""Tests of the weights of rows in chart data: a row of weight 3 counts like three equal rows."""

import json

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.targets import TARGETS

CLASSES = {"binary": ("no", "yes"), "multiclass": tuple("abcd"), "multilabel": tuple("abc"), "regression": ()}
TYPES = {"binary": "labels", "multiclass": "labels", "multilabel": "label_sets", "regression": "values"}


def predictions(task: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    classes = len(CLASSES[task])
    if task == "regression":
        y = random.normal(size=rows)
        return y, y + random.normal(size=rows)
    if task == "multilabel":
        y = random.integers(0, 2, (rows, classes))
        return y, np.clip(0.4 * y + 0.6 * random.random((rows, classes)), 0, 1)
    y = random.integers(0, classes, rows)
    raw = random.random((rows, classes)) + 0.5 * np.eye(classes)[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


def charts_of(task: str, y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None = None) -> dict:
    problem = Problem("p", task, "y", "auto", (), classes=CLASSES[task], target_type=TYPES[task])
    charts = TARGETS[TYPES[task]].charts(problem, y, raw, threshold=None, weight=weight)
    json.dumps(charts, allow_nan=False)
    return charts


# Shares at which no curve of a few rows has a step.
GRID = np.linspace(0.0031, 0.9973, 60)


def assert_curves_match(found: list[dict], expected: list[dict]) -> None:
    by_label = [{one["label"]: one for one in each} for each in (found, expected)]
    assert set(by_label[0]) == set(by_label[1])
    for label, one in by_label[0].items():
        other = by_label[1][label]
        order = 1 if one["x"][0] <= one["x"][-1] else -1
        curves = [np.interp(GRID, each["x"][::order], each["y"][::order]) for each in (one, other)]
        np.testing.assert_allclose(*curves, atol=1e-6)
        for name in {"area", "share", "error"} & set(one):
            assert one[name] == pytest.approx(other[name])


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_weights_count_like_repeated_rows(task: str) -> None:
    y, raw = predictions(task, 40)
    times = np.random.default_rng(1).integers(0, 4, 40)
    weighted = charts_of(task, y, raw, 0.5 * times)
    repeated = charts_of(task, np.repeat(y, times, axis=0), np.repeat(raw, times, axis=0))
    for name in ("roc", "precision_recall", "gains", "lift", "calibration"):
        assert_curves_match(weighted[name], repeated[name])
    if task == "multilabel":
        scores = [{one["label"]: one["f1"] for one in each["label_scores"]} for each in (weighted, repeated)]
        assert scores[0] == pytest.approx(scores[1])
        return
    matrix = weighted["confusion_matrix"]
    np.testing.assert_allclose(matrix["normalised"], repeated["confusion_matrix"]["normalised"], atol=1e-6)
    assert matrix["weighted"]
    assert np.sum(matrix["matrix"]) == pytest.approx(np.sum(times > 0), abs=0.01), (
        "the mean weight counts as one row"
    )


def test_thresholds_are_priced_by_weights() -> None:
    y, raw = predictions("binary", 200)
    weight = np.where(y == 1, 9.0, 1.0)
    plain, weighted = (charts_of("binary", y, raw, one)["thresholds"] for one in (None, weight))
    assert plain["thresholds"] == weighted["thresholds"]
    np.testing.assert_allclose(weighted["misses"], 9 / weight.mean() * np.array(plain["misses"]), atol=0.001)
    np.testing.assert_allclose(
        weighted["false_alarms"], np.array(plain["false_alarms"]) / weight.mean(), atol=0.001
    )


def test_errors_and_means_of_values_count_by_weights() -> None:
    y, raw = predictions("regression", 400)
    weight = np.where(raw > y, 5.0, 1.0)
    plain, weighted = charts_of("regression", y, raw), charts_of("regression", y, raw, weight)
    middles = np.convolve(plain["residuals"]["edges"], [0.5, 0.5], "valid")

    def too_high(charts: dict) -> float:
        bars = np.array(charts["residuals"]["counts"])
        return bars[middles > 0].sum() / bars.sum()

    assert too_high(weighted) > too_high(plain) + 0.2
    assert weighted["residuals"]["weighted"]
    bins = [np.array(one["predicted_vs_true"]["bins"]["predicted"]) for one in (plain, weighted)]
    assert (bins[1] > bins[0]).all()


@pytest.mark.parametrize("task", TYPES)
def test_equal_and_missing_weights_change_nothing(task: str) -> None:
    y, raw = predictions(task, 60)
    plain, zero = charts_of(task, y, raw), charts_of(task, y, raw, np.zeros(60))
    assert plain == zero
    assert "weighted" not in json.dumps(plain)


def test_kubeflow_draws_the_weighted_curve() -> None:
    y, raw = predictions("binary", 80)
    weight = np.random.default_rng(2).integers(1, 4, 80)
    kubeflow_roc = TARGETS["labels"].kubeflow_roc
    found = kubeflow_roc(y, raw, weight.astype(float))
    expected = kubeflow_roc(np.repeat(y, weight), np.repeat(raw, weight, axis=0))
    curves = [np.interp(GRID, one["fpr"], one["tpr"]) for one in (found, expected)]
    np.testing.assert_allclose(*curves, atol=1e-6)
