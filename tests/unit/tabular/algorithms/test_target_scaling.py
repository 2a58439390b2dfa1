import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.algorithms._target_scaling import SmearedRegressor, TargetScaler, on_scaled_target


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("values", [[1.0, 10.0, 1000.0], [-5.0, 0.0, 7.0], [3.0, 3.0, 3.0], [0.0, 0.0, 9.0]])
def test_round_trip(values: list[float], logarithmic: bool) -> None:
    y = np.array(values)[:, None]
    scaler = TargetScaler(logarithmic).fit(y)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(y)), y, rtol=1e-9, atol=1e-9)


def test_scaled_target_is_standardized() -> None:
    y = np.random.default_rng(0).lognormal(10, 2, size=(500, 1))
    for logarithmic in (False, True):
        scaled = TargetScaler(logarithmic).fit(y).transform(y)
        assert scaled.mean() == pytest.approx(0, abs=1e-9)
        assert scaled.std() == pytest.approx(1)
    assert np.abs(scaled).max() < 5, "long tails are compressed"


def test_predictions_are_clipped_near_the_range_of_the_data() -> None:
    y = np.linspace(0, 10, 11)[:, None]
    scaler = TargetScaler().fit(y)
    np.testing.assert_allclose(scaler.inverse_transform(np.array([[-1e9], [1e9]])), [[-5], [15]])


def test_regressor_predicts_in_the_original_unit() -> None:
    X = np.arange(20.0)[:, None]
    model = on_scaled_target(LinearRegression()).fit(X, 1e6 + 1e3 * X[:, 0])
    np.testing.assert_allclose(model.predict([[7.5]]), [1e6 + 7.5e3])


def long_tailed(rows: int, seed: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 4)).astype(np.float32)
    return X, np.exp(3 + 0.5 * X[:, 0] + 0.3 * X[:, 1] + spread * random.normal(size=rows))


@pytest.mark.parametrize(("spread", "near"), [(0.5, 0.05), (0.8, 0.1)])
@pytest.mark.parametrize("name", ["ridge", "linear_regression", "lasso_lars", "neural_network", "tabm"])
def test_logarithmic_models_hit_the_total(name: str, spread: float, near: float) -> None:
    """Without smearing, totals are understated by 8% and by 20%."""
    if not ALGORITHMS[name].is_available():
        pytest.skip("not installed")
    problem = Problem("p", "regression", "y", "rmse", ())
    quick = {"epochs": 12} if name in ("neural_network", "tabm") else {}
    spec, (X, y) = ALGORITHMS[name], long_tailed(3000, 1, spread)
    model = spec.build(problem, seed=0, n_jobs=1, logarithmic=True, **quick)
    weight = np.where(np.arange(3000) % 2, 1.5, 0.5)
    spec.fit_estimator(
        model, X[:1500], y[:1500], sample_weight=weight[:1500], validation=(X[1500:], y[1500:], None)
    )
    fresh, truth = long_tailed(20_000, 2, spread)
    assert model.predict(fresh).sum() / truth.sum() == pytest.approx(1, abs=near)


def test_a_network_that_memorizes_is_less_bold_on_logarithms() -> None:
    """There is nothing to learn, so held-out rows show that the network's own outputs mean nothing."""
    if not ALGORITHMS["neural_network"].is_available():
        pytest.skip("not installed")
    random, spec = np.random.default_rng(0), ALGORITHMS["neural_network"]
    X, y = random.normal(size=(1200, 4)).astype(np.float32), random.lognormal(0, 1, size=1200)
    problem = Problem("p", "regression", "y", "rmse", ())
    model = spec.build(problem, seed=0, n_jobs=1, logarithmic=True, dropout=0.0, epochs=40)
    spec.fit_estimator(model, X, y)
    assert model.slope_ < 0.7
    fresh = random.normal(size=(2000, 4)).astype(np.float32)
    assert model.predict(fresh).mean() == pytest.approx(np.exp(0.5), rel=0.35)


@pytest.mark.parametrize("level", [None, 0.5])
def test_medians_are_not_smeared(level: float | None) -> None:
    """The median of a logarithm is the logarithm of the median."""
    X, y = long_tailed(2000, 0, 1.0)
    model = on_scaled_target(LinearRegression(), logarithmic=True, level=level).fit(X, y)
    assert isinstance(model, SmearedRegressor) == (level is None)
    assert ((y < model.predict(X)).mean() > 0.6) == (level is None)


def test_smearing_is_the_mean_over_all_errors() -> None:
    y, errors = np.random.default_rng(0).lognormal(1, 1, size=(50, 1)), np.array([-1.0, 0.2, 0.7])
    scaler = TargetScaler(logarithmic=True).fit(y)
    standardized = scaler.transform(y) / 3
    means = np.mean([scaler.inverse_transform(standardized + one) for one in errors], axis=0)
    np.testing.assert_allclose(scaler.smear(errors).inverse_transform(standardized), means)


def test_few_rows_are_not_smeared() -> None:
    X, y = long_tailed(4, 0, 1.0)
    model = on_scaled_target(LinearRegression(), logarithmic=True).fit(X, y)
    assert (model.transformer_.cosh_, model.transformer_.sinh_) == (1.0, 0.0)
