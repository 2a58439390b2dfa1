"""Tests of holidays and own events: which days they are, and what they do to forecasts."""

import sys

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.forecasting.holidays import Holidays, country_days, event_days, find_holidays, holiday_mistakes
from podium_ml.forecasting.panel.calendars import DAY, EvenCalendar, MonthCalendar
from tests.unit.forecasting.fitted import fitted

CHRISTMAS = Holidays({"XX": [("2024-12-25", "Christmas")]}, ("XX",), names=("Christmas",))


def features(found, moments, calendar, zone=""):
    steps = calendar.steps(np.array(moments, dtype="M8[us]"))
    return found.features(np.zeros(len(steps), dtype=np.int64), steps, calendar, zone)


@pytest.mark.parametrize("name", ["DE", "de", "DEU", "Germany", "DE-BY", "US-CA", "NYSE"])
def test_countries_parts_and_exchanges(name):
    assert ("2024-12-25", "Christmas Day") in country_days(name, [2024])


def test_unknown_names_are_told():
    told = holiday_mistakes(["DE", "Atlantis", "US-XX", "region", "events.csv"], ["day", "region"])
    assert [line.split("'")[1] for line in told] == ["Atlantis", "US-XX"]


def test_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(SettingsError, match=r"\.\[forecasting\]"):
        country_days("DE", [2024])


def test_days_have_eves_and_days_after():
    found = features(CHRISTMAS, ["2024-12-23", "2024-12-24", "2024-12-25", "2024-12-26"], EvenCalendar(DAY))
    assert found.tolist() == [[0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]]


def test_longer_steps_count_holidays():
    weeks = features(CHRISTMAS, ["2024-12-16", "2024-12-23"], EvenCalendar(7 * DAY, origin=4 * DAY))
    assert weeks[:, 0].tolist() == [0, 1]
    for day, stamps in ((1, ["2024-11-01", "2024-12-01"]), (31, ["2024-11-30", "2024-12-31"])):
        assert features(CHRISTMAS, stamps, MonthCalendar(1, 0, day))[:, 0].tolist() == [0, 1]


def test_hours_have_the_day_of_their_zone():
    hours = ["2024-12-25 04:00", "2024-12-25 06:00"]  # in UTC
    found = features(CHRISTMAS, hours, EvenCalendar(DAY // 24), "America/New_York")
    assert found[:, 0].tolist() == [0, 1]


def test_each_series_has_the_holidays_of_its_country():
    table = pd.DataFrame({"country": ["DE", "FR"], "day": pd.to_datetime(["2024-01-01", "2024-12-31"])})
    found = find_holidays(["country"], table, np.array([0, 1]), table["day"].to_numpy(dtype="M8[us]"))
    steps = np.repeat(np.datetime64("2024-07-14", "D").astype(np.int64), 3)
    counts = found.features(np.array([0, 1, 2]), steps, EvenCalendar(DAY))[:, 0]
    assert counts.tolist() == [0, 1, 0], "Bastille Day; nothing is known of a new series"


def test_file_of_own_events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("what,when,visitors\nfair,13.05.2024,1\nfair,14.05.2024,2\nstrike,02.07.2024,3\n")
    assert event_days(str(path)) == [("2024-05-13", "fair"), ("2024-05-14", "fair"), ("2024-07-02", "strike")]
    path.write_text("what,when\nfair,13.05.2024\nfair,14.05.2024\nstrike,soon\n")
    with pytest.raises(DataError, match=r"row 3 of .* holds 'soon' in column 'when', which is no date"):
        event_days(str(path))
    path.write_text("what,visitors\nfair,1\n")
    with pytest.raises(DataError, match="no column of dates"):
        event_days(str(path))


def closed_on_holidays(days=700):
    stamps = pd.date_range("2022-06-01", periods=days)
    german = {day for day, _ in country_days("DE", range(2022, 2026))}
    is_holiday = np.array([str(day.date()) in german for day in stamps])
    noise = np.random.default_rng(0).normal(0, 2, days)
    sales = 100 + 20 * (stamps.day_of_week >= 5) + noise
    return pd.DataFrame({"day": stamps, "sales": np.where(is_holiday, 10.0, sales)})


@pytest.mark.parametrize("algorithm", ["ridge_reduction", "lightgbm_reduction"])
def test_forecast_of_a_holiday_is_lower(algorithm):
    table = closed_on_holidays()  # until 30 April 2024
    forecaster = fitted(table, algorithms=[algorithm], series_column="", holidays="DE", horizon=7)
    forecasts = forecaster.predict().set_index("day")["forecast"]
    assert forecasts["2024-05-01"] < 0.6 * forecasts["2024-05-02"]


def test_unknown_country_is_refused_with_the_columns():
    with pytest.raises(SettingsError, match="'Atlantis' is no country"):
        fitted(closed_on_holidays(100), series_column="", holidays="Atlantis")
