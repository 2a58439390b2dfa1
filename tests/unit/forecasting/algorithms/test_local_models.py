"""Forecasters of single series."""

import time

import numpy as np
import pytest

from podium_ml.errors import TrainingError
from podium_ml.forecasting.algorithms._batch import Smoothing, Theta
from podium_ml.forecasting.algorithms._harmonic import HarmonicRegression
from podium_ml.forecasting.algorithms._intermittent import IntermittentDemand
from podium_ml.forecasting.algorithms._naive import SeasonalNaive
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.run.budget import Deadline


def rows(*series, given=None):
    X = np.concatenate(
        [np.column_stack([np.full(len(y), code), np.arange(len(y))]) for code, y in enumerate(series)]
    )
    columns = X if given is None else np.column_stack([X, given])
    return columns.astype(float), np.concatenate(series).astype(float)


def ahead(length, steps, code=0):
    return np.column_stack([np.full(steps, code), length + np.arange(steps)]).astype(float)


def waves(length, period, *, seed=0):
    t = np.arange(length)
    return (
        100 + 0.1 * t + 20 * np.sin(2 * np.pi * t / period) + np.random.default_rng(seed).normal(0, 1, length)
    )


@pytest.mark.parametrize("model", [Smoothing(8, 12), Theta(8, 12), HarmonicRegression(12)])
def test_series_are_forecast_alike_alone_and_with_others(model):
    series = [waves(60, 12, seed=seed) for seed in range(3)] + [waves(17, 12), np.arange(5.0)]
    together = model.fit(*rows(*series)).predict(ahead(60, 8))
    alone = model.fit(*rows(series[0])).predict(ahead(60, 8))
    np.testing.assert_allclose(together, alone, rtol=1e-4)


def test_a_period_need_not_be_whole():
    whole = waves(400, 52.18)
    X, y = rows(whole[:350])
    errors = []
    for period in (52.18, 49.0):
        model = HarmonicRegression(52, (period,), half_life=0).fit(X, y)
        errors.append(np.abs(model.predict(ahead(350, 50))[:, 0] - whole[350:]).mean())
    exact, rounded = errors
    assert exact < 3 < rounded


def test_known_columns_move_the_harmonic_regression():
    promotion = np.random.default_rng(1).integers(0, 2, 80).astype(float)
    X, y = rows(waves(80, 12) + 30 * promotion, given=promotion)
    model = HarmonicRegression(12).fit(X, y)
    plans = [np.column_stack([ahead(80, 4), np.full(4, value)]) for value in (0.0, 1.0)]
    low, high = (model.predict(plan)[:, 0] for plan in plans)
    assert (high - low).min() > 15


@pytest.mark.parametrize("method", ["sba", "tsb", "adida"])
def test_rare_demand_is_forecast_by_its_rate(method):
    demand = np.where(np.arange(200) % 5 == 0, 10.0, 0.0)
    found = IntermittentDemand(3, 1, method).fit(*rows(demand)).predict(ahead(200, 3))[:, 0]
    assert (found > 1.2).all()
    assert (found < 3.2).all()


class Slow(Statistical):
    """Takes a while for each series, or explodes."""

    factor = 1.0

    def _model(self, season):
        factor = self.factor

        class Model:
            def forecast(self, y, h, level):
                time.sleep(0.03)
                mean = np.full(h, y[-1] * factor)
                return {"mean": mean, "lo-80": mean - 1, "hi-80": mean + 1}

        return Model()


class Explosive(Slow):
    """Returns forecasts that are far from the values."""

    factor = 1e6


def test_series_that_are_not_fitted_in_time_repeat_their_season():
    series = [np.tile([1.0, 5.0], 6) + code for code in range(120)]
    model = Slow(2, 2).fit(*rows(*series), deadline=Deadline.after(2.0))
    assert 12 <= model.fitted_ < 120
    found = np.array([model.predict(ahead(12, 2, code))[:, 0] for code in range(120)])
    naive = np.array([[1.0, 5.0]]) + np.arange(120)[:, None]
    same = (found == naive).all(axis=1)
    assert same.sum() >= 120 - model.fitted_


def test_far_too_many_series_are_no_work_for_a_local_model():
    series = [np.arange(6.0)] * 3_000
    with pytest.raises(TrainingError, match="one by one"):
        Slow(2, 1).fit(*rows(*series), deadline=Deadline.after(2.0))


def test_an_explosive_model_is_not_used():
    values = np.tile([1.0, 5.0], 6)
    found = Explosive(2, 2).fit(*rows(values)).predict(ahead(12, 2))
    np.testing.assert_array_equal(found, SeasonalNaive(2, 2).fit(*rows(values)).predict(ahead(12, 2)))


def test_series_without_harmonic_regression_repeat_their_season(monkeypatch):
    series = [np.tile([1.0, 5.0], 6) + code for code in range(40)]
    original, calls = HarmonicRegression._fit, []

    def slow(self, *arguments):
        calls.append(1)
        time.sleep(0.12)
        return original(self, *arguments)

    monkeypatch.setattr(HarmonicRegression, "_fit", slow)
    model = HarmonicRegression(2).fit(*rows(*series), deadline=Deadline.after(0.1))
    assert 4 <= len(model.fits_) < 40
    left = next(code for code in range(40) if code not in model.fits_)
    assert model.predict(ahead(12, 2, left))[:, 0].tolist() == [1.0 + left, 5.0 + left]
