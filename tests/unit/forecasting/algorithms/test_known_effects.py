"""Columns that are known in advance count in forecasters that read nothing but the past of a series."""

import numpy as np
import pytest

from podium_ml.forecasting.algorithms._batch import Smoothing, Theta
from podium_ml.forecasting.algorithms._known_effects import effect_of
from podium_ml.forecasting.joining import join_forecasters

LENGTH, HORIZON = 84, 7


def rows(series, columns, steps):
    X = [np.column_stack([np.full(len(steps), code), steps, columns[code][steps]]) for code in series]
    return np.concatenate(X).astype(float), np.concatenate([series[code][steps] for code in series])


def sales(*, level, seed):
    """Return a week with a promotion that sells half as much again, and when there is one."""
    rng, t = np.random.default_rng(seed), np.arange(LENGTH + HORIZON)
    promotion = (rng.random(len(t)) < 0.3).astype(float)
    values = (
        level * (1 + 0.2 * np.sin(2 * np.pi * t / 7)) * 1.5**promotion * np.exp(rng.normal(0, 0.02, len(t)))
    )
    return values, promotion


@pytest.mark.parametrize("model", [Smoothing(HORIZON, 7), Theta(HORIZON, 7)])
def test_a_promotion_moves_the_forecasts_of_each_series(model):
    both = {code: sales(level=level, seed=code) for code, level in enumerate((10.0, 4_000.0))}
    series, promotion = ({code: one[place] for code, one in both.items()} for place in (0, 1))
    past, future = np.arange(LENGTH), LENGTH + np.arange(HORIZON)
    model.fit(*rows(series, promotion, past))
    X, y = rows(series, promotion, future)
    assert np.abs(model.predict(X)[:, 0] / y - 1).max() < 0.12
    with_it, without = X.copy(), X.copy()
    with_it[:, 2], without[:, 2] = 1.0, 0.0
    ratio = model.predict(with_it)[:, 0] / model.predict(without)[:, 0]
    assert np.abs(ratio - 1.5).max() < 0.1
    unknown = X.copy()
    unknown[:, 2] = np.nan
    assert np.isfinite(model.predict(unknown)).all()


def test_values_that_are_negative_get_the_effect_added():
    rng, promotion = np.random.default_rng(0), np.random.default_rng(1).integers(0, 2, LENGTH + HORIZON)
    series = {0: 30.0 * promotion - 15 + rng.normal(0, 1, LENGTH + HORIZON)}
    model = Smoothing(HORIZON, 1).fit(*rows(series, {0: promotion}, np.arange(LENGTH)))
    X, y = rows(series, {0: promotion}, LENGTH + np.arange(HORIZON))
    assert np.abs(model.predict(X)[:, 0] - y).max() < 8


def test_shards_predict_what_one_forecaster_does():
    both = {code: sales(level=10.0 + code, seed=code) for code in range(4)}
    series, promotion = ({code: one[place] for code, one in both.items()} for place in (0, 1))
    whole = Theta(HORIZON, 7).fit(*rows(series, promotion, np.arange(LENGTH)))
    parts = [
        Theta(HORIZON, 7).fit(*rows({code: series[code] for code in codes}, promotion, np.arange(LENGTH)))
        for codes in ((0, 2), (1, 3))
    ]
    X, _ = rows(series, promotion, LENGTH + np.arange(HORIZON))
    np.testing.assert_array_equal(join_forecasters(parts).predict(X), whole.predict(X))


def test_columns_that_never_change_have_no_effect():
    effect, means = effect_of(np.arange(30.0), np.full((30, 2), 5.0), 1)
    assert not effect.any()
    np.testing.assert_allclose(means, 5.0)
    assert effect_of(np.arange(3.0), np.zeros((3, 1)), 1)[0].tolist() == [0.0]
