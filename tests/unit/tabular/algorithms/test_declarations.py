import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms import ALGORITHMS


def regression(metric: str) -> Problem:
    return Problem(name="t", task="regression", target="y", metric=metric, columns=())


def spec(**fields: object) -> AlgorithmSpec:
    return AlgorithmSpec(
        name="mine",
        title="Mine",
        tasks=frozenset({"regression"}),
        build=lambda *_, **__: LinearRegression(),
        **fields,
    )


def test_availability_requires_all_modules() -> None:
    assert spec().is_available()
    assert spec(requires=("json", "numpy")).is_available()
    assert not spec(requires=("json", "no_such_module")).is_available()


def test_fit_estimator_falls_back_to_the_fit_method() -> None:
    X, y = np.arange(4.0)[:, None], np.array([0.0, 1.0, 2.0, 30.0])
    plain = spec().fit_estimator(LinearRegression(), X, y)
    weighted = spec().fit_estimator(LinearRegression(), X, y, sample_weight=np.array([1.0, 1.0, 1.0, 0.0]))
    assert plain.coef_[0] > 5
    assert weighted.coef_[0] == pytest.approx(1)


@pytest.mark.parametrize(
    "name", ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting", "neural_network", "tabm"]
)
def test_mae_metric_gives_the_median(name: str) -> None:
    if not ALGORITHMS[name].is_available():
        pytest.skip("not installed")
    X, y = np.zeros((200, 1), dtype=np.float32), np.repeat([0.0, 100.0], [140, 60])
    X[:, 0] = np.tile([0, 1, 2, 3], 50)
    model = ALGORITHMS[name].build(regression("mae"), seed=0, n_jobs=1)
    prediction = ALGORITHMS[name].fit_estimator(model, X, y).predict(X[:4])
    assert (prediction < 20).all(), "the mean is 30 and the median is 0"


def test_baseline_weighs_rows() -> None:
    """A model must beat the best constant, and a weighted metric has another one."""
    X, y, weight = np.zeros((4, 1)), np.array([0.0, 1.0, 8.0, 9.0]), np.array([0.0, 0.0, 1.0, 3.0])
    for metric, expected in (("rmse", 8.75), ("mae", 9.0)):
        estimator = ALGORITHMS["baseline"].build(regression(metric), seed=0, n_jobs=1)
        model = ALGORITHMS["baseline"].fit_estimator(estimator, X, y, sample_weight=weight)
        assert model.predict(X)[0] == expected


def test_baseline_predicts_mean_or_median() -> None:
    X, y = np.zeros((3, 1)), np.array([0.0, 1.0, 8.0])
    for metric, expected in (("rmse", 3.0), ("mae", 1.0)):
        model = ALGORITHMS["baseline"].build(regression(metric), seed=0, n_jobs=1).fit(X, y)
        assert model.predict(X)[0] == expected


def test_forests_have_smaller_trees_for_many_classes() -> None:
    few, many = (
        Problem(
            name="t", task="multiclass", target="y", metric="log_loss", columns=(), classes=tuple(range(k))
        )
        for k in (3, 300)
    )
    for name in ("random_forest", "extra_trees"):
        build = ALGORITHMS[name].build
        assert build(many, seed=0, n_jobs=1).max_leaf_nodes < build(few, seed=0, n_jobs=1).max_leaf_nodes
