"""Tests of support vector machines that predict by matrix products, and of the size of nearest neighbours."""

import numpy as np
import pytest
from sklearn.svm import SVC, SVR

from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.algorithms._kernel_estimators import ProductSVC, ProductSVR


def rows(n: int = 300, columns: int = 6) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(n, columns)).astype(np.float32)
    return X, X[:, 0] + X[:, 1] ** 2


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("gamma", ["scale", 0.5])
def test_margins_are_those_of_scikit_learn(classes: int, gamma: float | str) -> None:
    X, signal = rows()
    y = np.digitize(signal, np.quantile(signal, np.arange(1, classes) / classes)) + 3
    own, other = ProductSVC(C=30.0, gamma=gamma).fit(X, y), SVC(C=30.0, gamma=gamma).fit(X, y)
    np.testing.assert_allclose(own.decision_function(X), other.decision_function(X), rtol=1e-7, atol=1e-8)
    assert (own.predict(X) == other.predict(X)).all()


def test_values_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = rows()
    own, other = ProductSVR(C=3.0).fit(X, y), SVR(C=3.0).fit(X, y)
    np.testing.assert_allclose(own.predict(X), other.predict(X), rtol=1e-7, atol=1e-8)
    monkeypatch.setattr("podium_ml.tabular.algorithms._kernel_estimators._CELLS_AT_ONCE", 1000)
    np.testing.assert_allclose(own.predict(X), other.predict(X), rtol=1e-7, atol=1e-8)
    assert own.predict(X[:0]).shape == (0,)


def test_neighbours_of_a_wide_table_are_fewer_rows_of_every_class() -> None:
    X, _ = rows(3000, 1500)
    y = np.zeros(len(X), dtype=np.int64)
    y[17], y[1000:] = 2, 1
    problem = Problem("p", "multiclass", "y", "log_loss", (), classes=("a", "b", "c"))
    spec = ALGORITHMS["nearest_neighbors"]
    model = spec.fit_estimator(spec.build(problem, seed=0, n_jobs=1), X, y)
    assert 1300 < len(model._fit_X) < 1400
    assert list(model.classes_) == [0, 1, 2]
