import numpy as np
from sklearn.svm import SVC, LinearSVC

from podium_ml.tabular.algorithms._margins import MarginClassifier


def rows(n: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(n, 3))
    return X, np.digitize(X[:, 0], np.linspace(-0.7, 0.7, n_classes - 1))


def test_probabilities_are_calibrated() -> None:
    X, y = rows(600, 2)
    y = np.where(np.random.default_rng(1).random(600) < 0.2, 1 - y, y)
    model = MarginClassifier(LinearSVC()).fit(X, y)
    confidence = model.predict_proba(X).max(axis=1).mean()
    assert abs(confidence - (model.predict(X) == y).mean()) < 0.05


def test_class_with_one_row() -> None:
    X, y = rows(60, 3)
    y[:1], y[1:] = 9, np.where(y[1:] == 2, 1, y[1:])
    probabilities = MarginClassifier(SVC()).fit(X, y).predict_proba(X)
    assert probabilities.shape == (60, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_three_rows_are_enough() -> None:
    X = rows(3, 2)[0]
    model = MarginClassifier(LinearSVC()).fit(X, np.array([5, 8, 8]))
    assert set(model.predict(X)) <= {5, 8}
