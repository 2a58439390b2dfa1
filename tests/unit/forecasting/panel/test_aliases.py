"""Tests of frequencies as users write them."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.forecasting.panel.aliases import calendar_of
from podium_ml.forecasting.panel.panel import make_panel

DAYS = pd.date_range("2023-01-04", periods=90).to_numpy(dtype="M8[us]")


@pytest.mark.parametrize(
    ("frequency", "title", "first"),
    [
        ("D", "days", "2023-01-04"),
        ("daily", "days", "2023-01-04"),
        ("B", "business days", "2023-01-04"),
        ("W", "weeks, on Monday", "2023-01-02"),
        ("W-SUN", "weeks, on Sunday", "2023-01-01"),
        ("weekly", "weeks, on Monday", "2023-01-02"),
        ("M", "months", "2023-01-01"),
        ("MS", "months", "2023-01-01"),
        ("Q", "quarters", "2023-01-01"),
        ("Y", "years", "2023-01-01"),
        ("SMS", "2 days a month: day 1 and day 15", "2023-01-01"),
        ("BMS", "months, on the first business day", "2023-01-02"),
        ("6h", "every 6 hours", "2023-01-04"),
        ("15min", "every 15 minutes", "2023-01-04"),
    ],
)
def test_frequency_is_understood(frequency: str, title: str, first: str) -> None:
    calendar = calendar_of(frequency, DAYS)
    assert calendar.title == title
    assert str(calendar.moments(calendar.steps(DAYS[:1]))[0])[:10] == first


@pytest.mark.parametrize("frequency", ["often", "0D", "D5", "-1h"])
def test_other_words_are_no_frequency(frequency: str) -> None:
    with pytest.raises(SettingsError, match="frequency: "):
        calendar_of(frequency, DAYS)


def test_place_within_a_step_is_that_of_the_data() -> None:
    fridays = pd.date_range("2023-01-06", periods=30, freq="W-FRI").to_numpy(dtype="M8[us]")
    assert calendar_of("W", fridays).title == "weeks, on Friday"
    ends = pd.date_range("2023-01-31", periods=30, freq="ME").to_numpy(dtype="M8[us]")
    assert calendar_of("M", ends).title == "months, at the end of the month"


def test_sums_of_a_coarser_frequency_are_those_of_its_periods() -> None:
    table = pd.DataFrame({"day": DAYS, "sales": np.ones(90)})
    calendar = calendar_of("W", DAYS)
    panel = make_panel(table, time_column="day", target="sales", aggregate="sum", calendar=calendar)
    assert panel.table["sales"].tolist() == [5.0, *[7.0] * 12, 1.0]
    assert panel.stamps(panel.steps)[:2] == ["2023-01-02", "2023-01-09"]
