"""Tests of the calendars that series follow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.calendars import Calendar, calendar_from_dict
from podium_ml.forecasting.panel.frequency import Stamps, find_calendar

RANDOM = np.random.default_rng(0)


def stamps_of(*series: pd.DatetimeIndex) -> Stamps:
    codes = np.repeat(np.arange(len(series)), [len(one) for one in series])
    return Stamps(np.concatenate([one.to_numpy(dtype="M8[us]") for one in series]), codes)


def without_some(index: pd.DatetimeIndex, share: float = 0.1) -> pd.DatetimeIndex:
    keep = RANDOM.random(len(index)) >= share
    keep[[0, -1]] = True
    return index[keep]


def open_days(first: str, weekdays: str) -> pd.DatetimeIndex:
    return pd.bdate_range(first, periods=200, freq="C", weekmask=weekdays)


def weeks_long(first: str, *weeks: int) -> pd.DatetimeIndex:
    """Return stamps that are so many weeks apart."""
    return pd.DatetimeIndex(pd.Timestamp(first) + pd.to_timedelta(7 * np.cumsum([0, *weeks]), "D"))


def retail_years(first: int, last: int) -> pd.DatetimeIndex:
    """Return months of 4, 5 and 4 weeks of years that begin on the Sunday nearest to 1 February."""
    starts = [pd.Timestamp(year, 1, 29) + pd.offsets.Week(0, weekday=6) for year in range(first, last + 2)]
    return pd.DatetimeIndex(
        [
            year + pd.Timedelta(weeks=weeks)
            for year in starts[:-1]
            for weeks in np.cumsum([0, *[4, 5, 4] * 4])[:-1]
        ]
    )


def within(days: pd.DatetimeIndex, first: str, last: str, step: str) -> pd.DatetimeIndex:
    """Return the stamps of some hours of each day."""
    times = pd.timedelta_range(first, last, freq=step)
    return pd.DatetimeIndex(np.add.outer(days.to_numpy(), times.to_numpy()).ravel())


DAY_30 = [f"{one}-{min(30, one.days_in_month)}" for one in pd.period_range("2017-01", periods=60, freq="M")]
DAYS = pd.bdate_range("2023-01-02", periods=40)
ME = pd.date_range("2017-01-31", periods=60, freq="ME")

# Good Friday and the like move the last business day, New Year's Day and the like the first.
LAST = pd.date_range("2016-01-29", periods=60, freq="BME")
LAST = LAST.where(~LAST.isin(["2018-03-30", "2019-12-31"]), LAST - pd.offsets.BDay(1))
FIRST = pd.date_range("2016-01-01", periods=60, freq="BMS")
FIRST = FIRST.where((FIRST.month != 1) | (FIRST.day != 1), FIRST + pd.offsets.BDay(1))
FIRST = FIRST.where((FIRST.month != 9) | (FIRST.day_of_week != 0), FIRST + pd.offsets.BDay(1))


def times_of(days: pd.DatetimeIndex, *times: str) -> pd.DatetimeIndex:
    """Return some times of each day."""
    return pd.DatetimeIndex(np.add.outer(days.to_numpy(), pd.to_timedelta(times).to_numpy()).ravel())


CASES = {
    "last business day but for holidays": (LAST, "months, on the last business day"),
    "first business day but for holidays": (FIRST, "months, on the first business day"),
    "twice a day": (times_of(DAYS, "08:00:00", "17:30:00"), "08:00 and 17:30 on business days"),
    "meals": (times_of(DAYS, "07:15:00", "12:30:00", "19:00:00"), "07:15, 12:30 and 19:00 on business days"),
    "B": (pd.bdate_range("2022-01-03", periods=200), "business days"),
    "B, three weeks": (pd.bdate_range("2022-01-03", periods=18), "business days"),
    "Sun-Thu": (open_days("2022-01-02", "Sun Mon Tue Wed Thu"), "days except Friday and Saturday"),
    "Mon-Sat": (open_days("2022-01-03", "Mon Tue Wed Thu Fri Sat"), "days except Sunday"),
    "closed on Mondays": (open_days("2022-01-04", "Tue Wed Thu Fri Sat Sun"), "days except Monday"),
    "closed twice": (open_days("2022-01-04", "Tue Wed Thu Fri Sat"), "days except Monday and Sunday"),
    "three days a week": (open_days("2022-01-03", "Mon Wed Fri"), "Monday, Wednesday and Friday"),
    "D": (pd.date_range("2022-01-01", periods=100), "days"),
    "D at 7:30": (pd.date_range("2022-01-01 07:30", periods=100), "days"),
    "D before 1970": (pd.date_range("1931-01-01", periods=400), "days"),
    "every 10 days": (pd.date_range("2022-01-01", periods=100, freq="10D"), "every 10 days"),
    "every 30 days": (pd.date_range("2022-01-01", periods=40, freq="30D"), "every 30 days"),
    "ME": (ME, "months, at the end of the month"),
    "MS": (pd.date_range("2019-01-01", periods=40, freq="MS"), "months"),
    "on day 30": (pd.DatetimeIndex(DAY_30), "months, on day 30"),
    "mid-month": (pd.date_range("2019-01-01", periods=40, freq="MS") + pd.Timedelta(days=14), "months, on day 15"),
    "last business day": (pd.date_range("2017-01-31", periods=60, freq="BME"), "months, on the last business day"),
    "first business day": (pd.date_range("2017-01-02", periods=60, freq="BMS"), "months, on the first business day"),
    "third Friday": (pd.date_range("2017-01-20", periods=60, freq="WOM-3FRI"), "months, on the third Friday"),
    "last Sunday": (pd.date_range("2017-01-29", periods=60, freq="LWOM-SUN"), "months, on the last Sunday"),
    "twice a month": (pd.date_range("2019-01-01", periods=80, freq="SMS"), "2 days a month: day 1 and day 15"),
    "15th and end": (pd.date_range("2019-01-15", periods=80, freq="SME"), "2 days a month: day 15 and the end"),
    "QS": (pd.date_range("2010-01-01", periods=30, freq="QS"), "quarters"),
    "QE": (pd.date_range("2010-03-31", periods=30, freq="QE"), "quarters, at the end of the month"),
    "half years": (pd.date_range("2000-01-01", periods=30, freq="6MS"), "half years"),
    "YS": (pd.date_range("1980-01-01", periods=30, freq="YS"), "years"),
    "YE-JUN": (pd.date_range("1980-06-30", periods=30, freq="YE-JUN"), "years"),
    "years to 9999": (pd.DatetimeIndex(np.arange("9960", "9995", dtype="M8[Y]").astype("M8[us]")), "years"),
    "W-SAT": (pd.date_range("2021-01-02", periods=90, freq="W-SAT"), "weeks, on Saturday"),
    "W-FRI": (pd.date_range("2021-01-01", periods=90, freq="W-FRI"), "weeks, on Friday"),
    "two weeks": (pd.date_range("2021-01-04", periods=60, freq="2W-MON"), "every 2 weeks, on Monday"),
    "h": (pd.date_range("2023-01-01", periods=300, freq="h"), "hours"),
    "30min": (pd.date_range("2023-01-01", periods=2000, freq="30min"), "every 30 minutes"),
    "20min": (pd.date_range("2023-01-01", periods=300, freq="20min"), "every 20 minutes"),
    "15min from 5": (pd.date_range("2023-01-01 00:05", periods=300, freq="15min"), "every 15 minutes"),
    "7min": (pd.date_range("2023-01-01", periods=900, freq="7min"), "every 7 minutes"),
    "100ms": (pd.date_range("2023-01-01", periods=900, freq="100ms"), "every 100 milliseconds"),
    "6h": (pd.date_range("2023-01-01 02:00", periods=300, freq="6h"), "every 6 hours"),
    "opening hours": (within(DAYS, "9h", "17h", "1h"), "hours, 09:00 to 17:00 on business days"),
    "opening hours, two weeks": (within(DAYS[:10], "9h", "17h", "1h"), "hours, 09:00 to 17:00 on business days"),
    "open every day, six days": (
        within(pd.date_range("2023-01-02", periods=6), "7h", "18h45min", "15min"),
        "every 15 minutes, 07:00 to 18:45 on all days",
    ),
    "trading": (within(DAYS, "9h30min", "15h30min", "30min"), "every 30 minutes, 09:30 to 15:30 on business days"),
    "4-4-5": (weeks_long("2018-01-28", *[4, 4, 5] * 16), "fiscal months of 4-4-5 weeks, on Sunday"),
    "5-4-4": (weeks_long("2018-01-28", *[5, 4, 4] * 16), "fiscal months of 5-4-4 weeks, on Sunday"),
    "4-5-4 with 53 weeks": (retail_years(2012, 2024), "fiscal months of 4-5-4 weeks, on Sunday, some years with 53"),
    "13 periods": (weeks_long("2018-01-01", *[4] * 40), "every 4 weeks, on Monday"),
}  # fmt: skip
# Fiscal months of uneven length are told from weeks only if all are there.
COMPLETE = ("4-5-4 with 53 weeks",)


@pytest.mark.parametrize("case", CASES)
def test_frequency_is_found_and_goes_on(case: str) -> None:
    index, title = CASES[case]
    known, later = index[:-5], index[-5:]
    calendar = find_calendar(stamps_of(known))
    assert calendar.title == title
    last = calendar.steps(known.to_numpy(dtype="M8[us]"))[-1]
    assert calendar.moments(last + np.arange(1, 6)).tolist() == later.to_pydatetime().tolist()
    assert calendar_from_dict(calendar.to_dict()) == calendar


@pytest.mark.parametrize("case", [one for one in CASES if one not in COMPLETE])
def test_missing_stamps_do_no_harm(case: str) -> None:
    index, title = CASES[case]
    assert find_calendar(stamps_of(without_some(index), without_some(index))).title == title


def test_years_without_rows_do_no_harm() -> None:
    early, late = pd.date_range("2010-01-01", periods=50), pd.date_range("2018-06-01", periods=50)
    assert find_calendar(stamps_of(early.append(late))).title == "days"
    early, late = pd.bdate_range("2010-01-01", periods=60), pd.bdate_range("2018-06-01", periods=60)
    assert find_calendar(stamps_of(early.append(late))).title == "business days"


def test_business_days_without_public_holidays() -> None:
    index = pd.bdate_range("2022-01-03", "2023-06-15")
    index = index[~index.strftime("%m-%d").isin(["04-18", "05-01", "12-26", "01-06"])]
    calendar = find_calendar(stamps_of(index))
    assert calendar.title == "business days"
    after = calendar.moments(calendar.steps(index[-1:].to_numpy(dtype="M8[us]")) + np.arange(1, 4))
    assert [str(one)[:10] for one in after] == ["2023-06-16", "2023-06-19", "2023-06-20"]


def test_jitter_is_snapped() -> None:
    index = pd.date_range("2024-06-03", periods=400, freq="20min")
    noisy = without_some(index + pd.to_timedelta(RANDOM.integers(-25, 25, len(index)), "s"), 0.03)
    calendar = find_calendar(stamps_of(noisy))
    assert calendar.title == "every 20 minutes"
    assert calendar.moments(calendar.steps(noisy.to_numpy(dtype="M8[us]")))[0] == np.datetime64(
        "2024-06-03T00:00:00"
    )


def test_series_of_another_frequency_is_named() -> None:
    daily, monthly = (
        pd.date_range("2023-01-01", periods=200),
        pd.date_range("2022-01-01", periods=18, freq="MS"),
    )
    with pytest.raises(DataError, match="'bank' has months, 'till' has days"):
        find_calendar(stamps_of(daily, monthly), name=lambda code: ("'till'", "'bank'")[code])


def test_rare_sales_are_no_frequency_of_their_own() -> None:
    daily = pd.date_range("2023-01-01", periods=200)
    assert find_calendar(stamps_of(daily, without_some(daily, 0.9))).title == "days"


def test_no_frequency_is_an_error() -> None:
    ticks = np.cumsum(RANDOM.exponential(1e11, 80)).astype("int64").astype("M8[us]")
    with pytest.raises(DataError, match="no common frequency"):
        find_calendar(Stamps(ticks, np.zeros(80, dtype=int)))
    with pytest.raises(DataError, match="No series has two different times"):
        find_calendar(Stamps(ticks[:3], np.arange(3)))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(CASES)), st.integers(-5_000, 5_000))
def test_steps_and_moments_are_inverse(case: str, step: int) -> None:
    calendar: Calendar = find_calendar(stamps_of(CASES[case][0]))
    steps = np.arange(step, step + 30)
    moments = calendar.moments(steps)
    assert (np.diff(moments) > np.timedelta64(0)).all()
    assert calendar.steps(moments).tolist() == steps.tolist()
