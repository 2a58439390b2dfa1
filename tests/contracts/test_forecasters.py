"""Common tests of all registered forecasters, including new files in ``podium_ml/forecasting/algorithms``."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.forecasting.algorithms import ALGORITHMS
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.panel.aliases import calendar_of
from podium_ml.run.budget import Deadline
from podium_ml.splits.rolling import rolling_folds
from podium_ml.targets import TARGETS

# Pretrained models need a folder; see ``tests/unit/forecasting/pretrained``.
AVAILABLE = {
    name: spec for name, spec in ALGORITHMS.items() if spec.is_available() and spec.extra != "pretrained"
}
# Parameters that speed up the tests.
QUICK: dict[str, dict[str, Any]] = {
    "lightgbm_reduction": {"n_estimators": 20},
    "catboost_reduction": {"iterations": 20},
}
HORIZON, SEASON, LENGTH = 6, 12, 60
every_forecaster = pytest.mark.parametrize("name", list(AVAILABLE))
MONTHS = np.arange(np.datetime64("2015-01"), np.datetime64("2024-01")).astype("M8[us]")


def problem(season: int = SEASON) -> Problem:
    calendar = calendar_of("M", MONTHS)
    task = SeriesTask(horizon=HORIZON, time_column="month", season=season, calendar=calendar.to_dict())
    return Problem(
        name="series",
        task="forecasting",
        target="y",
        metric="mase",
        columns=(),
        kind="forecasting",
        series=task,
    )


def rows(series: dict[int, np.ndarray], *, first: int = 540) -> tuple[np.ndarray, np.ndarray]:
    """Return encoded features and values of series, without the rows of missing values."""
    X = np.concatenate(
        [np.column_stack([np.full(len(y), code), first + np.arange(len(y))]) for code, y in series.items()]
    )
    y = np.concatenate(list(series.values())).astype(float)
    return X[np.isfinite(y)].astype(float), y[np.isfinite(y)]


def ahead(series: dict[int, np.ndarray], steps: int = HORIZON, *, first: int = 540) -> np.ndarray:
    """Return encoded features of the next steps of series."""
    return np.concatenate(
        [
            np.column_stack([np.full(steps, code), first + len(y) + np.arange(steps)])
            for code, y in series.items()
        ]
    ).astype(float)


def wave(level: float, *, seed: int = 0, length: int = LENGTH) -> np.ndarray:
    t = np.arange(length)
    noise = np.random.default_rng(seed).normal(0, 0.02, length)
    return level * (1 + 0.002 * t + 0.3 * np.sin(2 * np.pi * t / SEASON) + noise)


def fitted(name: str, series: dict[int, np.ndarray], *, deadline: Deadline | None = None) -> Any:
    spec = AVAILABLE[name]
    estimator = spec.build(problem(), seed=3, n_jobs=1, **QUICK.get(name, {}))
    X, y = rows(series)
    scaled = np.column_stack([y, np.ones(len(y))])
    return spec.fit_estimator(estimator, X, scaled, deadline=deadline or Deadline())


def forecast(estimator: Any, X: np.ndarray) -> np.ndarray:
    return TARGETS["future_values"].predict(estimator, X, n_outputs=1)


HOSTILE = {
    0: wave(100.0),
    1: wave(1e-6, seed=1),
    2: wave(1e9, seed=2),
    3: np.zeros(LENGTH),
    4: np.full(LENGTH, 7.5),
    5: np.array([3.0]),
    6: np.array([3.0, 4.0]),
    7: np.where(np.arange(LENGTH) % 7 == 0, 2.0, 0.0),
    8: np.where(np.arange(LENGTH) % 11 == 5, np.nan, wave(10.0, seed=3)),
    9: np.concatenate([wave(1.0, seed=4)[:30], np.full(20, np.nan), wave(1.0, seed=5)[:10]]),
    10: np.exp(np.linspace(0, 12, LENGTH)),
    11: wave(-50.0, seed=6),
}


@every_forecaster
def test_forecasts_of_hostile_series_are_finite_ordered_and_never_newly_negative(name: str) -> None:
    estimator = fitted(name, HOSTILE)
    X = ahead(HOSTILE)
    found = forecast(estimator, X)
    assert found.shape == (len(X), 1 + len(LEVELS))
    assert np.isfinite(found).all()
    assert (np.diff(found[:, 1:], axis=1) >= 0).all()
    by_series = {code: found[X[:, 0] == code] for code in HOSTILE}
    assert all((by_series[code] >= 0).all() for code in HOSTILE if np.nanmin(HOSTILE[code]) >= 0)
    assert np.all(by_series[3] == 0)
    np.testing.assert_allclose(by_series[4], 7.5)
    for code in (0, 1, 2, 8):
        low, high = np.nanmin(HOSTILE[code]), np.nanmax(HOSTILE[code])
        assert (by_series[code][:, 0] > low - 2 * (high - low)).all()
        assert (by_series[code][:, 0] < high + 2 * (high - low)).all()


@every_forecaster
def test_steps_beyond_the_horizon_and_unknown_series_get_forecasts(name: str) -> None:
    series = {0: wave(10.0), 2: wave(20.0, seed=1)}
    estimator = fitted(name, series)
    late = forecast(estimator, ahead(series, 5 * HORIZON))
    assert np.isfinite(late).all()
    assert (late[:, 0] < 100).all()
    unknown = forecast(estimator, np.array([[1.0, 600.0], [9.0, 700.0], [-1.0, 600.0]]))
    assert np.isfinite(unknown).all()


@every_forecaster
def test_rows_of_the_past_get_their_values(name: str) -> None:
    series = {0: wave(10.0), 1: wave(20.0, seed=1)}
    X, y = rows(series)
    np.testing.assert_allclose(forecast(fitted(name, series), X)[:, 0], y)


@every_forecaster
def test_forecasts_depend_neither_on_the_order_of_rows_nor_on_other_rows(name: str) -> None:
    series = {code: wave(10.0 + code, seed=code) for code in range(3)}
    X, y = rows(series)
    order = np.random.default_rng(0).permutation(len(y))
    spec = AVAILABLE[name]
    one, other = (
        spec.fit_estimator(spec.build(problem(), seed=3, n_jobs=1, **QUICK.get(name, {})), X[part], y[part])
        for part in (np.arange(len(y)), order)
    )
    future = ahead(series)
    expected = forecast(one, future)
    np.testing.assert_allclose(forecast(other, future), expected)
    some = np.random.default_rng(1).permutation(len(future))[:9]
    np.testing.assert_allclose(forecast(one, future[some]), expected[some])


@every_forecaster
def test_equal_seeds_give_equal_forecasts_and_pickling_changes_none(name: str) -> None:
    series = {code: wave(10.0 + code, seed=code) for code in range(3)}
    first, again = (fitted(name, series) for _ in range(2))
    expected = forecast(first, ahead(series))
    np.testing.assert_array_equal(forecast(again, ahead(series)), expected)
    np.testing.assert_array_equal(forecast(pickle.loads(pickle.dumps(first)), ahead(series)), expected)


@every_forecaster
@settings(max_examples=5, deadline=None)
@given(window=st.integers(0, 1), factor=st.floats(-1e6, 1e6), seed=st.integers(0, 99))
def test_values_after_a_cut_off_change_no_forecast_made_before(
    name: str, window: int, factor: float, seed: int
) -> None:
    """The windows of all series are the same, so a global model cannot learn from what came after, either."""
    X, y = rows({0: wave(10.0, seed=seed), 1: wave(20.0, seed=seed + 1)[: LENGTH - 4]})
    task = replace(problem().series, windows=2, test_windows=0, end=540 + LENGTH - 1)
    folds = rolling_folds(
        replace(problem(), series=task), group=X[:, 0].astype(np.int64), time=X[:, 1].astype(np.int64)
    )
    train, valid = folds[window]
    changed = np.where(X[:, 1] >= X[valid, 1].min(), factor * y, y)
    spec, found = AVAILABLE[name], []
    for values in (y, changed):
        estimator = spec.build(problem(), seed=3, n_jobs=1, **QUICK.get(name, {}))
        scaled = np.column_stack([values[train], np.ones(len(train))])
        found.append(forecast(spec.fit_estimator(estimator, X[train], scaled), X[valid]))
    assert np.isfinite(found[0]).all()
    np.testing.assert_array_equal(found[0], found[1])


@every_forecaster
def test_a_forecaster_follows_a_newer_past(name: str) -> None:
    old = {0: wave(10.0), 1: wave(20.0, seed=1)}
    new = {code: np.concatenate([values, 2 * wave(values[0], length=24)]) for code, values in old.items()}
    estimator = fitted(name, old)
    before = forecast(estimator, ahead(old))
    followed = forecast(estimator.with_history(*rows(new)), ahead(new))
    assert np.isfinite(followed).all()
    assert followed[:, 0].mean() > 1.2 * before[:, 0].mean()
    np.testing.assert_array_equal(forecast(estimator, ahead(old)), before)
    back = estimator.with_history(*rows(new)).until(540 + LENGTH - 1)
    np.testing.assert_allclose(forecast(back, ahead(old)), before)


@every_forecaster
def test_a_deadline_that_has_passed_still_gives_forecasts(name: str) -> None:
    series = {code: wave(10.0 + code, seed=code) for code in range(3)}
    assert np.isfinite(forecast(fitted(name, series, deadline=Deadline(1.0)), ahead(series))).all()


@pytest.mark.parametrize("name", [name for name in AVAILABLE if AVAILABLE[name].usefulness >= 5])
def test_good_forecasters_beat_the_last_value_on_a_seasonal_series(name: str) -> None:
    series = {code: wave(10.0 + code, seed=code, length=LENGTH + HORIZON) for code in range(4)}
    past = {code: values[:LENGTH] for code, values in series.items()}
    future = np.concatenate([values[LENGTH:] for values in series.values()])
    found, naive = (forecast(fitted(one, past), ahead(past))[:, 0] for one in (name, "naive"))
    assert np.abs(found - future).mean() < 0.7 * np.abs(naive - future).mean()


@every_forecaster
def test_declarations_are_complete(name: str) -> None:
    spec = AVAILABLE[name]
    assert spec.needs in ("panel", "panel_past")
    assert spec.tasks == {"forecasting"}
    assert spec.title
    assert spec.description.endswith(".")
    assert all(set(one) <= set(spec.search_space) for one in spec.portfolio)
    assert not spec.search_space or 0 < spec.trials <= 20
