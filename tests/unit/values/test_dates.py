"""Tests of reading dates in many formats."""

import datetime

import numpy as np
import pandas as pd
import pytest

from podium_ml.tabular.features._moments import MomentColumn
from podium_ml.tabular.features._rows import Columns
from podium_ml.tabular.features._time_spans import plan_time_spans
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
