import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from podium_ml.tabular.algorithms._target_scaling import TargetScaler, on_scaled_target


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
