"""Tests of sharpening the probabilities of models that learn none, such as forests."""

import numpy as np
import pytest

from podium_ml.contracts.targets import Targets
from podium_ml.splits.folds import make_folds
from podium_ml.targets import TARGETS
from podium_ml.targets._sharpness import choose_sharpness, sharpened
from tests.unit.ensembling.test_weighted import make_problem


def true_probabilities(rows: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities, and classes drawn by them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (rows, classes))
    raw = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (raw.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)
    return raw, y


def folds_of(y: np.ndarray, classes: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return make_folds(make_problem("multiclass", "log_loss", classes), y=y)


@pytest.mark.parametrize("classes", [2, 26])
@pytest.mark.parametrize("flattened", [0.4, 2.0])
def test_probabilities_are_put_right(classes: int, flattened: float) -> None:
    raw, y = true_probabilities(2_000, classes)
    power, honest = choose_sharpness(sharpened(raw, flattened), y, None, folds_of(y, classes))
    assert power == pytest.approx(1 / flattened, rel=0.15)
    assert np.allclose(honest.sum(axis=1), 1)
    assert np.abs(honest - raw).mean() < 0.2 * np.abs(sharpened(raw, flattened) - raw).mean()


def test_right_probabilities_are_left_alone() -> None:
    raw, y = true_probabilities(500, 5)
    power, honest = choose_sharpness(raw, y, None, folds_of(y, 5))
    assert power == 1.0
    assert honest is raw


def test_rows_do_not_decide_about_themselves() -> None:
    raw, y = true_probabilities(300, 3)
    raw, folds = sharpened(raw, 0.3), folds_of(y, 3)
    _, honest = choose_sharpness(raw, y, None, folds)
    other, valid = y.copy(), folds[0][1][:10]
    other[valid] = (y[valid] + 1) % 3
    _, changed = choose_sharpness(raw, other, None, folds)
    assert np.array_equal(honest[valid], changed[valid])


def test_weights_count() -> None:
    raw, y = true_probabilities(2_000, 3)
    flat = np.where(np.arange(2_000)[:, None] < 1_000, sharpened(raw, 0.3), raw)
    weight = np.where(np.arange(2_000) < 1_000, 1.0, 1e-6)
    assert choose_sharpness(flat, y, weight, folds_of(y, 3))[0] == pytest.approx(1 / 0.3, rel=0.15)


def test_impossible_classes_stay_impossible() -> None:
    assert sharpened(np.array([[0.0, 0.2, 0.8]]), 3.0)[0, 0] == 0.0


def test_values_are_not_sharpened() -> None:
    raw = np.array([1.0, 2.0])
    assert TARGETS["values"].choose_sharpness(raw, Targets(y=raw), folds=[]) == (1.0, raw)


def test_rare_mistakes_among_many_classes_are_not_overlooked() -> None:
    rows, classes = 4_000, 500
    y = np.arange(rows) % classes
    # Every hundredth row is a mistake; none of them is among the few rows that hold the usual number of cells.
    said = np.where(np.arange(rows) % 102 == 2, (y + 1) % classes, y)
    raw = np.full((rows, classes), 0.5 / (classes - 1))
    raw[np.arange(rows), said] = 0.5
    folds = [
        (np.arange(rows)[rest != part], np.flatnonzero(rest == part))
        for rest in [np.arange(rows) // 1_000]
        for part in range(4)
    ]
    power, _ = choose_sharpness(raw, y, None, folds)
    assert sharpened(raw, power)[0, 0] == pytest.approx(0.99, abs=0.005)
