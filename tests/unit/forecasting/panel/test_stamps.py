"""Tests of reading times and writing further ones as the column writes its own."""

import json

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.stamps import StampFormat

OFFSETS = ["2024-03-10T01:00:00-05:00", "2024-03-10T02:00:00-05:00"]
ZONED = ["2024-03-10T01:00:00+01:00", "2024-07-10T01:00:00+02:00"]
SUCCESSIVE = ["2020-03-14", "2020-03-15", "2020-03-16"]
SPANISH = [
    f"{name} 2020"
    for name in ("enero", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
]
POLISH = [
    f"{name} 2020"
    for name in ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru")
]
ROMAN_MONTHS = [
    f"2020. {one}." for one in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
]
BARE_QUARTERS = [f"{part}/{year}" for year in (2010, 2011) for part in range(1, 5)]
BARE_MONTHS = [f"2020.{month}" for month in range(1, 13)]
QUARTERS = [round(year + part / 10, 1) for year in (2010, 2011) for part in range(1, 5)]
CAPITALS = [f"{month:%b-%y}".upper() for month in pd.date_range("2020-01-01", periods=12, freq="MS")]
CASES = {
    "dates": (["2023-03-14", "2023-03-15"], "moment", ["2023-03-14", "2023-03-15"]),
    "day first": (["23/09/2022", "24/09/2022", "05/10/2022"], "moment", ["2022-09-23", "2022-09-24", "2022-10-05"]),
    "times": (["2023-03-14 10:00", "2023-03-14 11:00"], "moment", ["2023-03-14 10:00:00", "2023-03-14 11:00:00"]),
    "quarters": (["Q1 2009", "Q4 2021"], "quarter", ["Q1 2009", "Q4 2021"]),
    "quarters after the year": (["2009-Q1", "2021-Q4"], "quarter", ["2009-Q1", "2021-Q4"]),
    "quarters before": (["1Q2009", "4Q2021"], "quarter", ["1Q2009", "4Q2021"]),
    "ISO weeks": (["2012-W01", "2015-W53"], "week", ["2012-W01", "2015-W53"]),
    "years": ([1968, 2021], "year", ["1968", "2021"]),
    "years as text": (["1968", "2021"], "year", ["1968", "2021"]),
    "months as labels": (["2020M03", "2021M11"], "month", ["2020M03", "2021M11"]),
    "months as short labels": (["2020-M3", "2021-M11"], "month", ["2020-M3", "2021-M11"]),
    "quarters in words": (["2018-1st Quarter"], "quarter", ["2018-1st Quarter"]),
    "quarters of two digits": (["Q1'09", "Q4'21"], "quarter", ["Q1'09", "Q4'21"]),
    "trimesters": (["2020T1", "2020T4"], "quarter", ["2020T1", "2020T4"]),
    "fiscal quarters": (["FY2020-Q1", "FY2021-Q3"], "quarter", ["FY2020-Q1", "FY2021-Q3"]),
    "semesters": (["S1 2020", "S2 2021"], "half", ["S1 2020", "S2 2021"]),
    "half years": (["2020-H1", "2021-H2"], "half", ["2020-H1", "2021-H2"]),
    "half years in words": (["1. Halbjahr 2020", "2. Halbjahr 2020"], "half", ["1. Halbjahr 2020", "2. Halbjahr 2020"]),
    "fiscal years": (["FY2019", "FY2020"], "year_label", ["FY2019", "FY2020"]),
    "seasons": (["2019/20", "2020/21"], "year_label", ["2019/20", "2020/21"]),
    "weeks first": (["W1 2020", "W53 2020"], "week", ["W1 2020", "W53 2020"]),
    "calendar weeks": (["KW 09/2020", "KW 10/2020"], "week", ["KW 09/2020", "KW 10/2020"]),
    "days of ISO weeks": (["2012-W01-1", "2012-W01-7"], "week", ["2012-W01-1", "2012-W01-7"]),
    "days of the year": (["2020-001", "2020-366"], "day_of_year", ["2020-001", "2020-366"]),
    "months as numbers": ([202003, 202112], "year_month", ["202003", "202112"]),
    "weeks as numbers": ([202003, 202053], "year_week", ["202003", "202053"]),
    "hours as numbers": ([2020010100, 2020010123], "digits", ["2020-01-01 00:00:00", "2020-01-01 23:00:00"]),
    "seconds since 1970": ([1577836800, 1577840400], "epoch", ["2020-01-01 00:00:00", "2020-01-01 01:00:00"]),
    "milliseconds since 1970": ([1577836800000, 1577923200000], "epoch", ["2020-01-01", "2020-01-02"]),
    "seconds before 1970": ([-631152000, -631065600], "epoch", ["1950-01-01", "1950-01-02"]),
    "zones by name": (["2024-03-10 01:00 CET", "2024-07-10 01:00 CEST"], "zoned", ZONED),
    "dates of SAS": (["14MAR2020", "15mar2020:06:00:00"], "moment", ["2020-03-14 00:00:00", "2020-03-15 06:00:00"]),
    "months with a comma": (["January, 2020", "April, 2020"], "moment", ["January, 2020", "April, 2020"]),
    "years of two digits": (["98", "99", "00", "01"], "year_label", ["98", "99", "00", "01"]),
    "serial numbers as text": (["45000", "45000.25"], "serial", ["2023-03-15 00:00:00", "2023-03-15 06:00:00"]),
    "serial numbers with times": ([45000.0, 45000.25], "serial", ["2023-03-15 00:00:00", "2023-03-15 06:00:00"]),
    "decimal years": ([1949.0, 1949.083, 1949.917], "decimal_year", ["1949-01-01", "1949-02-01", "1949-12-01"]),
    "decimal counts": ([0.0, 0.1, 12.5], "count", ["0.0", "0.1", "12.5"]),
    "half hours from UTC": (["2020-01-01T00:00:00+05:30"] * 2, "zoned", ["2020-01-01T00:00:00+05:30"] * 2),
    "leap second": (["2016-12-31 23:59:60"], "moment", ["2017-01-01"]),
    "year 9999": (["9999-12-30", "9999-12-31"], "moment", ["9999-12-30", "9999-12-31"]),
    "several patterns": (["2020-03-14", "15.03.2020", "Mar 16, 2020"], "moment", SUCCESSIVE),
    "months with a point": (["01.2020", "02.2020"], "moment", ["01.2020", "02.2020"]),
    "months in words": (["January 2020", "April 2020"], "moment", ["January 2020", "April 2020"]),
    "months of ISO 8601": (["2020-01", "2020-04"], "moment", ["2020-01", "2020-04"]),
    "months with a slash": (["01/2020", "02/2020"], "moment", ["01/2020", "02/2020"]),
    "Arabic digits": (["٢٠٢٠-٠١-٠١", "٢٠٢٠-٠١-٠٢"], "moment", ["2020-01-01", "2020-01-02"]),
    "quarters in wide digits": (["２０２０Q1", "２０２０Q2"], "quarter", ["2020Q1", "2020Q2"]),
    "compact days of ISO weeks": (["2022W442", "2020W537"], "week", ["2022W442", "2020W537"]),
    "weeks in words": (["Week 2, 2019", "Week 53, 2020"], "week", ["Week 2, 2019", "Week 53, 2020"]),
    "quarters of a year": (["Q1 of 2009", "Q4 of 2021"], "quarter", ["Q1 of 2009", "Q4 of 2021"]),
    "Roman quarters": (["I 2009", "IV 2021"], "quarter", ["I 2009", "IV 2021"]),
    "Polish quarters": (["I kw. 2009", "IV kw. 2021"], "quarter", ["I kw. 2009", "IV kw. 2021"]),
    "Roman months": (ROMAN_MONTHS, "month", ROMAN_MONTHS),
    "quarters without a word": (BARE_QUARTERS, "quarter", BARE_QUARTERS),
    "months without a zero": (BARE_MONTHS, "month", BARE_MONTHS),
    "quarters as decimals": (QUARTERS, "year_quarter", [str(one) for one in QUARTERS]),
    "Chinese months": (["2020年3月", "2020年12月"], "month", ["2020年3月", "2020年12月"]),
    "Japanese quarters": (["2020年第1四半期", "2021年第4四半期"], "quarter", ["2020年第1四半期", "2021年第4四半期"]),
    "Korean months": (["2020년 3월", "2020년 12월"], "month", ["2020년 3월", "2020년 12월"]),
    "all Polish months": (POLISH, "moment", POLISH),
    "Czech dates": (["1. ledna 2020", "2. prosince 2020"], "moment", ["2020-01-01", "2020-12-02"]),
    "weekdays before dates": (["So, 14.03.2020", "Mo, 16.03.2020"], "moment", ["2020-03-14", "2020-03-16"]),
    "serial numbers with commas": (["45000", "45000,25"], "serial", ["2023-03-15 00:00:00", "2023-03-15 06:00:00"]),
    "all Spanish months": (SPANISH, "moment", SPANISH),
    "all months in capitals": (CAPITALS, "moment", CAPITALS),
    "German months": (["Mär 2020", "Mai 2020"], "moment", ["2020-03-01", "2020-05-01"]),
    "German dates": (["1. März 2020", "2. Dezember 2020"], "moment", ["2020-03-01", "2020-12-02"]),
    "French months": (["janv. 2020", "août 2020"], "moment", ["2020-01-01", "2020-08-01"]),
    "Spanish dates": (["5 de enero de 2020", "6 de agosto de 2020"], "moment", ["2020-01-05", "2020-08-06"]),
    "blanks": ([" 2020-03-14", "2020-03-15 "], "moment", ["2020-03-14", "2020-03-15"]),
    "serial numbers": ([45000, 45001], "serial", ["2023-03-15", "2023-03-16"]),
    "counts": ([1, 2, 250], "count", ["1", "2", "250"]),
    "numbers of digits": ([20230314, 20230315], "digits", ["20230314", "20230315"]),
    "hours until 24": (
        ["2023-01-01 23:00", "2023-01-01 24:00", "2023-12-31 24:00"],
        "moment",
        ["2023-01-01 23:00:00", "2023-01-02 00:00:00", "2024-01-01 00:00:00"],
    ),
    "UTC": (["2024-03-10T01:00:00Z"], "zoned", ["2024-03-10T01:00:00Z"]),
    "offsets": (OFFSETS, "zoned", OFFSETS),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_times_are_read_and_written_alike(case: str) -> None:
    values, kind, written = CASES[case]
    column = pd.Series(values)
    form = StampFormat.plan(column)
    assert form.kind == kind
    moments = form.read(column)
    assert moments.dtype == np.dtype("M8[us]")
    assert form.write(moments) == written


def test_label_of_a_later_period_has_the_columns_own_form() -> None:
    form = StampFormat.plan(pd.Series(["2015-W51", "2015-W52"]))
    weeks = form.read(pd.Series(["2015-W52"]))[0] + np.arange(4) * np.timedelta64(7, "D")
    assert form.write(weeks) == ["2015-W52", "2015-W53", "2016-W01", "2016-W02"]


def test_zone_of_a_column_is_kept_over_a_clock_change() -> None:
    local = pd.Series(pd.date_range("2024-03-09 22:00", periods=8, freq="h", tz="America/New_York"))
    form = StampFormat.plan(local)
    moments = form.read(local)
    assert (np.diff(moments) == np.timedelta64(1, "h")).all()
    assert form.write(moments)[3:5] == ["2024-03-10T01:00:00-05:00", "2024-03-10T03:00:00-04:00"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Adelaide"])
def test_days_with_offsets_go_on_at_midnight_after_a_clock_change(zone: str) -> None:
    days = pd.date_range("2023-09-01", periods=80, tz=zone)
    texts = pd.Series([one.isoformat() for one in days])
    for column in (texts, pd.Series(days)):
        form = StampFormat.plan(column)
        moments = form.read(column)
        assert (np.diff(moments) == np.timedelta64(1, "D")).all()
        assert form.write(moments) == texts.tolist()


def test_hours_with_offsets_are_instants() -> None:
    hours = pd.date_range("2023-10-28", periods=80, freq="h", tz="Europe/Berlin")
    texts = pd.Series([one.isoformat() for one in hours])
    form = StampFormat.plan(texts)
    moments = form.read(texts)
    assert (np.diff(moments) == np.timedelta64(1, "h")).all()
    assert form.write(moments) == texts.tolist()


def test_order_of_day_and_month_is_the_more_regular_one() -> None:
    months = pd.Series(pd.date_range("2020-01-01", periods=30, freq="MS").strftime("%d/%m/%Y"))
    assert str(StampFormat.plan(months).read(months)[1]) == "2020-02-01T00:00:00.000000"
    days = pd.Series(pd.date_range("2020-03-01", periods=11).strftime("%d/%m/%Y"))
    form = StampFormat.plan(days)
    assert form.write(form.read(days))[:2] == ["2020-03-01", "2020-03-02"]
    assert "'01/03/2020' was read as 2020-03-01" in form.doubt


WEEKS = np.arange("2021-01-04", "2021-03-01", 7, dtype="M8[D]").astype(str)
HOURS = pd.date_range("2023-10-28", periods=48, freq="h", tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("texts", "following"),
    [
        ([f"{one:%Y-%m-%d %H:%M} Europe/Berlin" for one in HOURS[:25]], "2023-10-29 01:00:00 Europe/Berlin"),
        ([f"{one.isoformat()}[Europe/Berlin]" for one in HOURS], "2023-10-29T23:00:00+01:00[Europe/Berlin]"),
        ([f"{one:%a %b %d %Y %H:%M:%S GMT%z} ({one:%Z})" for one in HOURS], "2023-10-29T23:00:00+01:00"),
        ([f"{one:%Y-%m-%d %H:%M} UTC+02:00" for one in HOURS[:24]], "2023-10-29T00:00:00+02:00"),
        (["2021-01-01", "2021-01-02", "2021-01-03 (preliminary)"], "2021-01-04"),
        ([*map(str, range(2000, 2018)), "2018*"], "2019"),
        ([f"{month} 2020 (final)" for month in ("January", "February", "March")], "April 2020 (final)"),
        ([f"{day}/{pd.Period(day, 'W').end_time.date()}" for day in WEEKS], "2021-03-01"),
        ([f"{day} to {np.datetime64(day) + 6}" for day in WEEKS], "2021-03-01"),
        ([f"{hour:02d}.03.2021 12:00 Uhr" for hour in range(1, 20)], "2021-03-20 12:00:00"),
    ],
)
def test_what_follows_times_is_no_part_of_them(texts: list[str], following: str) -> None:
    column = pd.Series(texts, name="when")
    form = StampFormat.from_dict(StampFormat.plan(column).to_dict())
    moments = form.read(column)
    step = moments[1] - moments[0]
    assert not np.isnat(moments).any()
    assert len(np.unique(moments)) == len(texts)
    following_moment = moments[-1] + step
    if form.kind in ("year", "moment") and step > np.timedelta64(27, "D"):
        unit = "Y" if form.kind == "year" else "M"
        following_moment = (moments[-1].astype(f"M8[{unit}]") + 1).astype("M8[us]")
    assert form.write(np.array([following_moment])) == [following]


def test_remarks_that_tell_times_apart_are_no_remarks() -> None:
    column = pd.Series([f"{year} (part {part})" for year in range(2000, 2010) for part in (1, 2)])
    assert np.isnat(StampFormat.plan(column).read(column)).all()


@pytest.mark.parametrize("form", ["{year}-{week:02d}", "{week}/{year}"])
def test_numbers_beyond_twelve_are_weeks(form: str) -> None:
    weeks = pd.date_range("2018-01-01", "2020-12-14", freq="7D").isocalendar()
    column = pd.Series([form.format(year=one.year, week=one.week) for one in weeks.itertuples()])
    found = StampFormat.plan(column)
    assert found.kind == "week"
    last = found.read(column)[-1]
    following = found.write(last + np.arange(1, 4) * np.timedelta64(7, "D"))
    assert following == [form.format(year=y, week=w) for y, w in ((2020, 52), (2020, 53), (2021, 1))]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["2024-01-01T00:00+01:00", "2024-01-02T00:00"],
            "has an offset from UTC, '2024-01-02T00:00' has none",
        ),
        (["14/01/2020", "01/15/2020", "16/01/2020", "01/17/2020"], "day and month in different orders"),
        (["10:00", "10:15"], "times of day without a date"),
    ],
)
def test_column_that_contradicts_itself_is_refused(values: list[str], message: str) -> None:
    with pytest.raises(DataError, match="Time column 'when'") as caught:
        StampFormat.plan(pd.Series(values, name="when"))
    assert message in caught.value.message


def test_format_survives_a_file() -> None:
    form = StampFormat.plan(pd.Series(["2020-H1", "2020-H2"]))
    assert StampFormat.from_dict(json.loads(json.dumps(form.to_dict()))) == form


def test_what_is_no_time_is_missing() -> None:
    assert np.isnat(StampFormat("moment").read(pd.Series(["soon", None]))).all()
    assert np.isnat(StampFormat("quarter", label="Q1 2009").read(pd.Series(["Q7 2009", "2009", None]))).all()
    assert np.isnat(StampFormat("week", label="2012-W01").read(pd.Series(["2013-W53"]))).all()
    assert np.isnat(StampFormat("count").read(pd.Series([1.5, np.nan]))).all()


@pytest.mark.parametrize("case", [one for one in CASES if one != "several patterns"])
def test_times_go_back_into_a_column(case: str) -> None:
    column = pd.Series(CASES[case][0])
    form = StampFormat.plan(column)
    moments = form.read(column)
    assert form.read(form.column(moments, column.dtype)).tolist() == moments.tolist()
