"""Contract tests of fitted forecasters with the rows of users: newer history, unseen and short series, far horizons."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.forecasting.kind import KIND
from tests.unit.forecasting.fitted import fitted, weekly

END = pd.Timestamp("2024-03-10")


@pytest.fixture(
    scope="module",
    params=[
        name for name, spec in KIND.algorithms.items() if spec.is_available() and spec.extra != "pretrained"
    ],
)
def forecaster(request):
    """Return each forecaster, fitted on two long series and one of a single value."""
    one = weekly(["ONE"], 1, start="2024-03-10")
    return fitted(pd.concat([weekly(), one]), algorithms=[request.param])


def assert_sound(forecasts, series):
    """All series are there; numbers are finite, quantiles in order, and sales not negative."""
    assert set(forecasts["shop"]) == set(series)
    numbers = forecasts.filter(regex=r"^(forecast|q0\.\d+)$").to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    assert (np.diff(numbers[:, 1:], axis=1) >= 0).all()
    assert (numbers >= 0).all()


def test_own_history(forecaster):
    forecasts = forecaster.predict()
    assert_sound(forecasts, ["A", "B", "ONE"])
    assert forecasts.groupby("shop")["note"].first()["ONE"]


def test_far_horizon_is_finite_and_noted(forecaster):
    forecasts = forecaster.predict(horizon=60)
    assert_sound(forecasts, ["A", "B", "ONE"])
    assert forecasts[forecasts["shop"] == "A"]["note"].str.contains("beyond").sum() == 53


def test_newer_history_with_a_gap_and_unseen_series(forecaster):
    newer = pd.concat([weekly(days=20, start="2024-04-10"), weekly(["NEW"], 3, start="2024-04-27")])
    forecasts = forecaster.predict(newer, quantiles=[0.05, 0.5, 0.95])
    assert_sound(forecasts, ["A", "B", "ONE", "NEW"])
    first = forecasts.groupby("shop")["day"].min()
    assert first[["A", "B", "NEW"]].tolist() == [pd.Timestamp("2024-04-30")] * 3
    notes = forecasts.groupby("shop")["note"].first()
    assert "not in the training data" in notes["NEW"]
    assert "ended at 2024-03-10" in notes["ONE"]


def test_history_that_is_given_is_the_history_that_counts(forecaster):
    """A constant history of three years leaves hardly another forecast."""
    days = pd.date_range(END + pd.Timedelta(days=1), periods=400)
    flat = pd.concat([pd.DataFrame({"shop": shop, "day": days, "sales": 500.0}) for shop in ("A", "B")])
    forecasts = forecaster.predict(flat)
    sales = forecasts[forecasts["shop"].isin(["A", "B"])]["forecast"]
    assert sales.between(350, 650).all(), sales.tolist()


def test_backtest(forecaster):
    scores = forecaster.backtest(weekly(days=14, start="2024-03-11", seed=2)).scores
    assert len(scores) == 3
    assert np.isfinite(scores["mase"]).all()
