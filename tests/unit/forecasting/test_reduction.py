"""Forecasting as regression on rows."""

import pickle

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from podium_ml.forecasting.reduction import Reduction, quantiles_by_step

SEASON, LENGTH = 4, 48


def rows(series, given=None):
    X = np.concatenate(
        [np.column_stack([np.full(len(y), code), np.arange(len(y))]) for code, y in series.items()]
    )
    columns = X if given is None else np.column_stack([X, np.concatenate(list(given.values()))])
    return columns.astype(float), np.concatenate(list(series.values()))


def line():
    return make_pipeline(SimpleImputer(keep_empty_features=True), LinearRegression())


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("scale", ["plain", "log"])
def test_season_and_trend_go_on(strategy, scale):
    t = np.arange(LENGTH + 8)
    whole = {0: 50 + t + 10 * np.sin(np.pi * t / 2), 1: 500 + 3 * t + 50 * np.sin(np.pi * t / 2)}
    model = Reduction(line(), 8, SEASON, strategy=strategy, scale=scale).fit(
        *rows({code: y[:LENGTH] for code, y in whole.items()})
    )
    X, y = rows(whole)
    ahead = X[:, 1] >= LENGTH
    found = model.predict(X[ahead])[:, 0]
    assert np.abs(found / y[ahead] - 1).max() < 0.1


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_known_columns_matter_at_the_step_to_predict(strategy):
    random = np.random.default_rng(0)
    promotion = {code: random.integers(0, 2, LENGTH + 6).astype(float) for code in range(4)}
    series = {code: 20 + 10 * one + random.normal(0, 0.3, LENGTH + 6) for code, one in promotion.items()}
    X, y = rows(series, promotion)
    past = X[:, 1] < LENGTH
    model = Reduction(line(), 6, 1, strategy=strategy).fit(X[past], y[past])
    plan = X[~past].copy()
    plan[:, 2] = 1.0
    with_promotion = model.predict(plan)[:, 0]
    plan[:, 2] = 0.0
    assert (with_promotion - model.predict(plan)[:, 0]).min() > 5


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_series_of_one_season_are_forecast_like_the_others(strategy):
    random = np.random.default_rng(0)
    season = np.sin(np.pi * np.arange(LENGTH) / 2)
    series = {
        code: 50 * (1 + code) * (1 + 0.3 * season + random.normal(0, 0.02, LENGTH)) for code in range(2)
    }
    regressor = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge(alpha=30.0))
    model = Reduction(regressor, SEASON, SEASON, strategy=strategy).fit(*rows(series))
    new = {**series, 2: series[0][:SEASON], 3: series[1][:SEASON]}
    followed = model.with_history(*rows(new))
    ahead = np.array([[code, SEASON + step] for code in (2, 3) for step in range(SEASON)], dtype=float)
    found = followed.predict(ahead)[:, 0]
    np.testing.assert_allclose(found, np.concatenate([new[2], new[3]]), rtol=0.25)


def test_rows_are_sampled_if_there_are_many():
    series = {code: np.random.default_rng(code).normal(10, 1, 30) for code in range(300)}
    seen = []

    class Counting(LinearRegression):
        def fit(self, X, y):
            seen.append(len(X))
            return super().fit(X, y)

    model = Reduction(
        make_pipeline(SimpleImputer(keep_empty_features=True), Counting()), 5, 1, most_rows=2_000
    )
    X, y = rows(series)
    model.fit(X, y)
    assert max(seen) <= 2_000
    assert np.isfinite(model.predict(np.column_stack([np.arange(300), np.full(300, 30)]).astype(float))).all()


def test_the_stored_model_is_about_as_large_as_its_past():
    X, y = rows({code: np.random.default_rng(code).normal(10, 1, 100) for code in range(300)})
    model = Reduction(line(), 5, 7, most_rows=2_000).fit(X, y)
    stored = pickle.dumps(model)
    assert len(stored) < 12 * len(y)
    future = np.column_stack([np.arange(300), np.full(300, 101)]).astype(float)
    np.testing.assert_array_equal(pickle.loads(stored).predict(future), model.predict(future))


def test_past_values_of_known_columns_explain_past_values_of_the_target():
    """A price that rose lately has moved the level, so what counts is how the future price differs from it."""
    random = np.random.default_rng(3)
    price = {code: random.choice([1.0, 2.0, 3.0], LENGTH + 6) for code in range(6)}
    series = {code: 100 - 20 * one + random.normal(0, 0.5, LENGTH + 6) for code, one in price.items()}
    X, y = rows(series, price)
    past = X[:, 1] < LENGTH
    found = Reduction(line(), 6, SEASON).fit(X[past], y[past]).predict(X[~past])[:, 0]
    assert np.abs(found - y[~past]).mean() < 5


def test_errors_of_an_earlier_model_do_not_move_the_quantiles_to_one_side():
    random = np.random.default_rng(0)
    errors, ahead = 5.0 + random.normal(size=600), random.integers(1, 5, 600)
    found = quantiles_by_step(errors, ahead, 4)
    assert np.abs(found[:, 4]).max() < 0.3
    np.testing.assert_allclose(found[:, 8], 1.28, atol=0.4)
