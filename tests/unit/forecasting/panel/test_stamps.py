"""Tests of reading times and writing further ones as the column writes its own."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.forecasting.panel.stamps import StampFormat

OFFSETS = ["2024-03-10T01:00:00-05:00", "2024-03-10T02:00:00-05:00"]
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
    "serial numbers": ([45000, 45001], "serial", ["2023-03-15", "2023-03-16"]),
    "counts": ([1, 2, 250], "count", ["1", "2", "250"]),
    "numbers of digits": ([20230314, 20230315], "moment", ["2023-03-14", "2023-03-15"]),
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


def test_what_is_no_time_is_missing() -> None:
    assert np.isnat(StampFormat("moment").read(pd.Series(["soon", None]))).all()
    assert np.isnat(StampFormat("quarter", label="Q1 2009").read(pd.Series(["Q7 2009", "2009", None]))).all()
    assert np.isnat(StampFormat("week", label="2012-W01").read(pd.Series(["2013-W53"]))).all()
    assert np.isnat(StampFormat("count").read(pd.Series([1.5, np.nan]))).all()
