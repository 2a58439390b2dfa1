"""Tests of the rows that are set aside for the test, and of the windows before it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.splits.rolling import rolling_folds
from tests.unit.forecasting.fitted import inferred, weekly


def folds_of(found):
    """Return the steps that each window learns from and forecasts."""
    codes, time = (found.train[name].to_numpy() for name in (SERIES, STEP))
    return [
        (time[train], time[valid]) for train, valid in rolling_folds(found.problem, group=codes, time=time)
    ]


def shortened(ends, days=70):
    """Return series that end some days before the last one."""
    return pd.concat([weekly([f"shop {at}"], days - end, seed=at) for at, end in enumerate(ends)])


@settings(max_examples=25, deadline=None)
@given(
    ends=st.lists(st.integers(0, 40), min_size=2, max_size=6),
    gap=st.integers(0, 3),
    test_windows=st.integers(0, 2),
    missing=st.floats(0, 0.5),
)
def test_nothing_is_learned_from_what_comes_after(ends, gap, test_windows, missing):
    table = shortened([0, 0, *ends])
    table = table[np.random.default_rng(0).random(len(table)) >= missing]
    found = inferred(table, gap=gap, test_windows=test_windows)
    windows = folds_of(found)
    assert windows
    if found.problem.series.end is not None:
        assert all(learned.max() < forecast.min() - gap for learned, forecast in windows)
        assert all(np.ptp(forecast) < 7 for _, forecast in windows)
    assert len(found.train)
    assert len(found.test) or not found.problem.series.test_windows


def test_series_that_lack_their_last_days_are_tested_on_the_same_days():
    found = inferred(shortened([0, 2, 5, 30]))
    assert found.test["day"].min() == pd.Timestamp("2024-03-04")
    assert found.test.groupby("shop").size().to_dict() == {"shop 0": 7, "shop 1": 5, "shop 2": 2}
    assert found.train.groupby("shop")["day"].max()["shop 3"] == pd.Timestamp("2024-02-09")


def test_where_most_series_ended_each_has_its_own_last_days():
    found = inferred(shortened([0, 12, 20, 30]))
    assert found.problem.series.end is None
    assert set(found.test.groupby("shop").size()) == {7}
    result = next(one for one in found.results if one.name == "windows")
    assert "counted from the end of each series" in result.seen


@pytest.mark.parametrize("lost", [5, 20, 40])
def test_days_without_rows_before_the_test_leave_a_window(lost):
    days = weekly(["A"], 70)
    found = inferred(days.drop(index=range(62 - lost, 63)), series_column="")
    assert len(found.test) == 7
    assert folds_of(found)
