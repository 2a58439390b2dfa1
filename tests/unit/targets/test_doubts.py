"""Labels that are likely to be wrong."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from podium_ml.contracts import Problem
from podium_ml.evaluation.label_doubts import ERRORS, NEXT, write_label_doubts
from podium_ml.targets._doubts import doubtful_labels, doubtful_sets


@pytest.fixture(scope="module")
def planted():
    """Return digits with 20 wrong labels, out-of-fold probabilities, and which labels are wrong."""
    X, truth = load_digits(return_X_y=True)
    X, truth = X[:900] / 16, truth[:900]
    wrong = np.random.default_rng(0).choice(900, 20, replace=False)
    y = truth.copy()
    y[wrong] = (truth[wrong] + 3) % 10
    raw = cross_val_predict(LogisticRegression(max_iter=300), X, y, cv=3, method="predict_proba")
    return y, raw, wrong, truth


def test_planted_errors_come_first(planted):
    y, raw, wrong, truth = planted
    found = doubtful_labels(y, raw, tuple(range(10)))
    first = np.argsort(-found.wrong)[:20]
    assert len(set(first) & set(wrong)) >= 14
    right = [found.expected[row] == str(truth[row]) for row in set(first) & set(wrong)]
    assert np.mean(right) >= 0.9
    assert (found.wrong > 0).sum() <= 60


def test_the_model_is_unsure_of_what_it_gets_wrong(planted):
    y, raw, _, truth = planted
    unsure = doubtful_labels(y, raw, tuple(range(10))).unsure
    missed = raw.argmax(axis=1) != truth
    assert unsure[missed].mean() > 2 * unsure[~missed].mean()


def test_files_name_rows(planted, tmp_path):
    y, raw, wrong, _ = planted
    problem = Problem("digits", "multiclass", "digit", "accuracy", (), classes=tuple(range(10)))
    oof = raw.copy()
    oof[:100] = np.nan  # rows without a prediction
    names = tuple(f"digits/{row}.png" for row in range(900))
    write_label_doubts(tmp_path, problem, y=y, oof=oof, names=names)
    errors = pd.read_csv(tmp_path / ERRORS)
    assert errors.doubt.is_monotonic_decreasing
    assert errors.training_row.min() > 100
    assert (errors.name == [f"digits/{row - 1}.png" for row in errors.training_row]).all()
    assert len(set(errors.training_row[:15] - 1) & set(wrong)) >= 10
    assert pd.read_csv(tmp_path / NEXT).unsure.is_monotonic_decreasing


def test_sets_of_labels():
    y = np.array([[1, 0], [0, 0], [1, 1]])
    raw = np.array([[0.9, 0.1], [0.97, 0.2], [0.6, 0.5]])
    found = doubtful_sets(y, raw, ("cat", "dog"))
    assert found.wrong.tolist() == [0.0, 0.97, 0.0]
    assert found.expected == ["cat", "cat", "cat, dog"]
    assert found.unsure.argmax() == 2
