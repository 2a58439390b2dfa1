"""Tests of boosted trees that learn quantiles."""

import numpy as np
import pytest
from lightgbm import LGBMRegressor

from podium_ml.forecasting.algorithms._quantile_boosting import QuantileBoosting
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.reduction import Reduction


def regressor():
    return LGBMRegressor(objective="quantile", n_estimators=60, num_leaves=8, n_jobs=1, verbose=-1)


def test_quantiles_cover_and_follow_the_spread():
    random = np.random.default_rng(0)
    X = random.uniform(-1, 1, (4_000, 2))
    y = X[:, 1] + np.exp(X[:, 0]) * random.normal(0, 0.5, len(X))
    found = QuantileBoosting(regressor()).fit(X[:3_000], y[:3_000]).predict(X[3_000:])
    assert (np.diff(found, axis=1) >= 0).all()
    for place, level in enumerate(LEVELS):
        assert np.mean(y[3_000:] <= found[:, place]) == pytest.approx(level, abs=0.06)
    wide, narrow = (
        np.mean(found[rows, -1] - found[rows, 0]) for rows in (X[3_000:, 0] > 0.5, X[3_000:, 0] < -0.5)
    )
    assert wide > 1.8 * narrow


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_series_are_forecast_with_quantiles_of_their_own(strategy):
    t = np.arange(88)
    whole = 50 + 10 * np.sin(np.pi * t / 2) + np.random.default_rng(1).normal(0, 1, 88)
    X = np.column_stack([np.zeros(88), t]).astype(float)
    model = Reduction(QuantileBoosting(regressor()), 8, 4, strategy=strategy).fit(X[:80], whole[:80])
    found = model.predict(X[80:])
    assert np.abs(found[:, 0] - whole[80:]).mean() < 4
    assert (np.diff(found[:, 1:], axis=1) >= 0).all()
