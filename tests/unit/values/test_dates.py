"""Tests of reading dates in many formats."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.tabular.features._moments import MomentColumn
from podium_ml.tabular.features._rows import Columns
from podium_ml.tabular.features._time_spans import plan_time_spans
from podium_ml.values.date_patterns import find_patterns, order_of, read_pattern
from podium_ml.values.dates import DateFormat

MOMENTS = pd.to_datetime(
    ["2018-03-25 15:30:00", "2019-11-02 04:05:00", "2020-01-13 23:59:00", "2001-12-31 00:10:00"]
)
PATTERNS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+00:00",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d-%b-%Y %H:%M",
    "%B %d, %Y %I:%M %p",
    "%Y/%m/%d %H:%M:%S.%f",
    "%a, %d %b %Y %H:%M:%S",
    "%Y%m%d %H:%M",
    "%d.%m.%y %H:%M",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_format_of_text_is_detected(pattern: str) -> None:
    column = pd.Series(MOMENTS.strftime(pattern))
    planned = DateFormat.plan(column)
    np.testing.assert_array_equal(planned.read(column), MOMENTS.to_numpy())
    np.testing.assert_array_equal(planned.read(column.iloc[[1]].astype(object)), MOMENTS.to_numpy()[[1]])


@pytest.mark.parametrize("pattern", ["%b-%Y", "%m/%Y", "%B %Y", "%Y-%m", "%Y%m%d", "%d %B %Y", "%Y"])
def test_coarse_formats_are_detected(pattern: str) -> None:
    column = pd.Series(MOMENTS.strftime(pattern))
    days = DateFormat.plan(column).read(column)
    assert (days.astype("M8[Y]") == MOMENTS.to_numpy().astype("M8[Y]")).all()


def test_order_of_day_and_month_is_detected() -> None:
    days_first = DateFormat.plan(pd.Series(["01/02/2020", "25/12/2020"]))
    assert str(days_first.read(pd.Series(["03/04/2020"]))[0])[:10] == "2020-04-03"
    months_first = DateFormat.plan(pd.Series(["01/02/2020", "12/25/2020"]))
    assert str(months_first.read(pd.Series(["03/04/2020"]))[0])[:10] == "2020-03-04"


@pytest.mark.parametrize("scale", [1, 1e3, 1e6, 1e9])
def test_numbers_since_the_epoch(scale: float) -> None:
    column = pd.Series((MOMENTS.to_numpy().astype("M8[s]").astype(np.int64) * scale).astype(np.int64))
    np.testing.assert_array_equal(DateFormat.plan(column).read(column), MOMENTS.to_numpy())


def test_numbers_that_spell_dates() -> None:
    column = pd.Series([20180325, 20191102, None])
    read = DateFormat.plan(column).read(column)
    assert str(read[0])[:10] == "2018-03-25"
    assert np.isnat(read[2])


@pytest.mark.parametrize(
    ("numbers", "first"), [([2018, 1999], "2018-01-01"), ([201803, 199912], "2018-03-01")]
)
def test_numbers_that_are_years_or_months(numbers: list[int], first: str) -> None:
    column = pd.Series([*numbers, None])
    read = DateFormat.plan(column).read(column)
    assert str(read[0]).startswith(first)
    assert np.isnat(read[2])


def test_out_of_range_numbers_are_missing() -> None:
    assert np.isnat(DateFormat().read(pd.Series([1e300, np.nan, np.inf]))).all()


def test_time_zones_keep_local_time() -> None:
    column = pd.Series(MOMENTS.tz_localize("America/New_York"))
    planned = DateFormat.plan(column)
    np.testing.assert_array_equal(planned.read(column), MOMENTS.to_numpy())
    np.testing.assert_array_equal(planned.read(column.dt.tz_convert("UTC")), MOMENTS.to_numpy())
    with_offset = column.map(lambda moment: moment.isoformat())
    np.testing.assert_array_equal(planned.read(with_offset), MOMENTS.to_numpy())
    np.testing.assert_array_equal(
        planned.read(pd.Series(MOMENTS.strftime("%Y-%m-%d %H:%M:%S"))), MOMENTS.to_numpy()
    )
    assert DateFormat.plan(pd.Series(MOMENTS)).read(column)[0] == MOMENTS.to_numpy()[0] + np.timedelta64(
        4, "h"
    )


def test_invalid_missing_and_other_objects() -> None:
    planned = DateFormat.plan(pd.Series(["25.12.2020", "01.01.2021", None]))
    values = ["rubbish", None, "2020-12-25", datetime.date(2020, 12, 25), pd.Timestamp("2020-12-25"), [1], ""]
    read = planned.read(pd.Series(values, dtype=object))
    assert np.isnat(read).tolist() == [True, True, False, False, False, True, True]
    assert (read[2:5] == np.datetime64("2020-12-25")).all()


def test_mixed_formats() -> None:
    column = pd.Series(["2020-12-25", "25 December 2020", "12/25/2020", "Dec 25 2020"] * 3)
    assert (DateFormat.plan(column).read(column) == np.datetime64("2020-12-25")).all()


def test_column_without_dates() -> None:
    column = pd.Series(["a", "b"])
    assert np.isnat(DateFormat.plan(column).read(column)).all()


def test_constant_parts_are_omitted() -> None:
    column = pd.Series(pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]))
    names = MomentColumn.plan(column).names
    assert "month" in names
    assert not {"day", "hour", "year", "hour_sin"} & set(names)
    assert MomentColumn.plan(column.iloc[:1]).names == ("days",)


def test_parts_match_pandas() -> None:
    moments = pd.Series(pd.date_range("1931-05-04 03:20", periods=300, freq="47h13min"))
    planned = MomentColumn.plan(moments)
    parts = dict(zip(planned.names, planned.transform(moments), strict=True))
    for name in ("year", "month", "day"):
        np.testing.assert_array_equal(parts[name], getattr(moments.dt, name))
    np.testing.assert_allclose(parts["hour"], moments.dt.hour + moments.dt.minute / 60)
    np.testing.assert_array_equal(parts["weekday"], moments.dt.day_of_week)
    np.testing.assert_array_equal(parts["weekend"], moments.dt.day_of_week >= 5)
    days = (moments - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
    np.testing.assert_allclose(parts["days"], days)


def test_missing_dates_have_missing_parts() -> None:
    column = pd.Series(pd.to_datetime(["2024-01-01 05:00", None, "2023-03-02 05:01"]))
    planned = MomentColumn.plan(column)
    assert all(np.isnan(part).tolist() == [False, True, False] for part in planned.transform(column))


def test_time_spans_between_columns() -> None:
    table = {name: pd.Series(MOMENTS + pd.Timedelta(days=n)) for n, name in enumerate("abcde")}
    for n, pairs in ((1, 0), (2, 1), (3, 3), (4, 6), (5, 0)):
        spans = plan_time_spans({name: DateFormat() for name in list(table)[:n]})
        days = spans.transform(Columns(pd.DataFrame(table)))
        assert len(days) == len(spans.parts) == pairs
        assert all((span > 0).all() for span in days)


@pytest.mark.parametrize(
    "texts",
    [
        ["22/12/2024", "2024-11-16", "05/12/2024"],
        ["22.12.2024", "2024-11-16 00:00:00", "05.12.2024"],
        ["22/12/2024 10:00", "05/12/2024"],
        ["22/12/2024", "05.12.2024"],
    ],
)
def test_mixed_columns_keep_the_order_of_day_and_month(texts: list[str]) -> None:
    column = pd.Series(texts)
    days = DateFormat.plan(column).read(column).astype("M8[D]").astype(str)
    assert days[0] == "2024-12-22"
    assert days[-1] == "2024-12-05"


def test_both_orders_in_one_column_are_not_read() -> None:
    texts = [f"{day:02}/01/2024" for day in range(13, 28)] + [f"01/{day:02}/2024" for day in range(13, 28)]
    assert not find_patterns(texts).patterns


def test_others_decide_the_order_that_a_column_leaves_open() -> None:
    texts = ["01/02/2020", "03/04/2020", "05/07/2021", "03/09/2020"]
    found = find_patterns(texts)
    assert found.open_example == "01/02/2020"
    assert not found.is_decided
    for order in ("day_first", "month_first"):
        decided = find_patterns(texts, order=order)  # type: ignore[arg-type]
        assert order_of(decided.patterns[0]) == order
        assert decided.is_decided
    assert find_patterns(["13/02/2020", "03/04/2020"], order="month_first").order == "day_first"


def test_monthly_dates_are_the_same_day_of_many_months() -> None:
    texts = [f"01/{month:02}/2024" for month in range(1, 13)]
    assert find_patterns(texts).patterns == ("%d/%m/%Y",)
    assert find_patterns([f"{month:02}/01/2024" for month in range(1, 13)]).patterns == ("%m/%d/%Y",)
    assert find_patterns(texts).open_example


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["Sep-23", "Jun-20", "Jul-31"], "2023-09-01"),
        (["2024-Q2", "2024-Q4"], "2024-04-01"),
        (["Q2 2024", "Q4 2024"], "2024-04-01"),
        (["2023-W05", "2023-W06"], "2023-01-30"),
        (["10/Oct/2000:13:55:36 +0000"], "2000-10-10"),
        (["Sun, 06 Nov 1994 08:49:37 GMT"], "1994-11-06"),
        (["2024-05-06 10:00:00,123"], "2024-05-06"),
        (["1. März 2019", "22. April 2019", "3. Oktober 2020"], "2019-03-01"),
        (["1er août 2019", "6 avr. 2019", "13 mai 2020"], "2019-08-01"),
        (["3 de mayo de 2019", "13 de octubre de 2020"], "2019-05-03"),
        (["March 1st, 2019", "April 22nd, 2019"], "2019-03-01"),
        (["01.03.2019 14:30 Uhr", "13.12.2019 09:05 Uhr"], "2019-03-01"),
        (["01.03.2019 14.30.00", "13.12.2019 09.05.59"], "2019-03-01"),
        (["1 марта 2019", "13 октября 2019"], "2019-03-01"),
        (["1 fév. 2019", "6 Feb. 2019"], "2019-02-01"),
        (["2019年3月1日", "2019年12月13日"], "2019-03-01"),
        (["2019년 3월 1일", "2019년 12월 13일"], "2019-03-01"),
        (["2019. 03. 01.", "2019. 12. 13."], "2019-03-01"),
        (["2019.03.01.", "2019.12.13."], "2019-03-01"),
        (["Fri Mar 01 05:00:00 2019"], "2019-03-01"),
        (["Fri Mar 01 05:00:00 +0000 2019"], "2019-03-01"),
        (["20190301T153000Z"], "2019-03-01"),
        (["01-MAR-19 12.00.00.000000 AM"], "2019-03-01"),
        (["2019-W09-5", "2019-W10-1"], "2019-03-01"),
        ([f"{day:02}032019" for day in range(1, 32)], "2019-03-01"),
        ([f"19/03/{day:02}" for day in range(1, 32)], "2019-03-01"),
        ([f"{year}/{month:02}/01" for year in (19, 20) for month in range(1, 13)], "2019-01-01"),
        ([f"{day:02}/{month:02}/19" for day in range(1, 32) for month in (3, 5)], "2019-03-01"),
    ],
)
def test_more_formats(texts: list[str], first: str) -> None:
    column = pd.Series(texts)
    assert str(DateFormat.plan(column).read(column)[0]).startswith(first)


@pytest.mark.parametrize(
    "texts", [["3 of 12", "5 of 12"], ["Sep-1", "b-2"], ["A4 2", "B5 3"], ["set 12", "set 15"]]
)
def test_no_date_is_guessed(texts: list[str]) -> None:
    column = pd.Series(texts)
    assert np.isnat(DateFormat.plan(column).read(column)).all()


def test_full_names_of_months_in_models_of_earlier_versions() -> None:
    texts = pd.Series(["1 March 2019", "13 May 2020"])
    assert DateFormat(pattern="%d %B %Y").read(texts).astype("M8[D]").astype(str).tolist() == [
        "2019-03-01",
        "2020-05-13",
    ]


def test_times_of_day() -> None:
    column = pd.Series(["23:01:03", "0:30:00", "12:00"])
    planned = DateFormat.plan(column)
    assert planned.is_time_of_day
    features = MomentColumn.plan(column)
    assert features.names == ("hour", "hour_sin", "hour_cos")
    hours, sine, cosine = features.transform(column)
    assert hours.tolist() == pytest.approx([23 + 63 / 3600, 0.5, 12])
    # Midnight is near on both sides.
    assert np.hypot(sine[0] - sine[1], cosine[0] - cosine[1]) < np.hypot(
        sine[1] - sine[2], cosine[1] - cosine[2]
    )
    assert not DateFormat.plan(pd.Series(["2024-01-01 10:00"])).is_time_of_day


_ANY_MOMENT = st.datetimes(min_value=datetime.datetime(1970, 1, 1), max_value=datetime.datetime(2068, 12, 31))


@settings(deadline=None)
@given(st.lists(_ANY_MOMENT, min_size=1, max_size=8), st.sampled_from(PATTERNS))
def test_dates_that_were_written_are_read_back(moments: list[datetime.datetime], pattern: str) -> None:
    texts = [moment.strftime(pattern) for moment in moments]
    found = DateFormat.plan(pd.Series(texts), order=order_of(pattern))
    expected = [moment.strftime(found_pattern(pattern)) for moment in moments]
    read = pd.Series(found.read(pd.Series(texts)))
    assert read.dt.strftime(found_pattern(pattern)).tolist() == expected


def found_pattern(pattern: str) -> str:
    """Return what a pattern keeps of a moment, in a form that pandas and Python write alike."""
    return "%Y-%m-%d %H:%M" + (":%S" if "%S" in pattern else "")


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.from_regex(r"\A[0-9]{1,4}[/. :-][0-9A-Za-z]{1,3}([/. :-][0-9]{1,4})?\Z"), min_size=1, max_size=6
    )
)
def test_what_is_read_as_a_date_can_be_written_back(texts: list[str]) -> None:
    for pattern in find_patterns(texts).patterns:
        moments = pd.Series(read_pattern(pd.Series(texts, dtype="string"), pattern))
        if "%" not in pattern:
            continue
        for text, moment in zip(texts, moments, strict=True):
            if not pd.isna(moment):
                assert numbers_of(moment.strftime(pattern)) == numbers_of(text)


def numbers_of(text: str) -> list[str]:
    """Return the parts of a date without leading zeros and in small letters."""
    parts = "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
    return [part.lstrip("0") or "0" for part in parts]
