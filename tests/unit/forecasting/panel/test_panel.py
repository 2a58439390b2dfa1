"""Tests of series as rows in order."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.panel import Panel, make_panel


def sales(
    *, days: int = 60, shops: tuple[str, ...] = ("0012", "0450"), products: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return rows in a random order."""
    dates = pd.date_range("2022-09-01", periods=days)
    rows = [
        {"date": day.strftime("%d/%m/%Y"), "shop": shop, "product": product, "units": 1.0 + at + 100 * place}
        for at, day in enumerate(dates)
        for place, shop in enumerate(shops)
        for product in products or ("any",)
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=0).reset_index(drop=True)


def panel_of(table: pd.DataFrame, **changes: object) -> Panel:
    options: dict[str, object] = {"time_column": "date", "series_columns": ("shop",), "target": "units"}
    return make_panel(table, **options | changes)  # type: ignore[arg-type]


def test_rows_are_sorted_by_series_and_time() -> None:
    panel = panel_of(sales())
    assert panel.calendar.title == "days"
    assert panel.ids.labels == (("0012",), ("0450",))
    assert panel.lengths.tolist() == [60, 60]
    assert panel.table["units"].tolist() == [*np.arange(1.0, 61), *np.arange(101.0, 161)]
    assert (np.diff(panel.steps)[:59] == 1).all()
    assert panel.stamps(panel.steps[59:60] + 1) == ["2022-10-31"]


def test_one_series_needs_no_column() -> None:
    panel = panel_of(sales(shops=("0012",)), series_columns=())
    assert set(panel.series) == {0}
    assert panel.ids.name(0) == "the series"


def test_ids_are_text_as_it_is_written() -> None:
    panel = panel_of(sales())
    assert panel.ids.codes(pd.DataFrame({"shop": ["0450", "0012", "12", None]})).tolist() == [1, 0, -1, -1]


def test_rows_of_one_time_are_refused_with_the_column_that_separates_them() -> None:
    table = sales(products=("tea", "coffee"))
    with pytest.raises(DataError, match="several rows of one time: 120 rows") as caught:
        panel_of(table)
    assert "--series-column shop,product" in caught.value.hint
    assert panel_of(table, series_columns=("shop", "product")).lengths.tolist() == [60] * 4
    combined = panel_of(table, aggregate="sum")
    assert combined.lengths.tolist() == [60, 60]
    assert combined.table["units"].iloc[0] == 2.0


def test_rows_of_one_time_without_such_a_column() -> None:
    with pytest.raises(DataError, match="'0012' has several rows of one time: 120 rows") as caught:
        panel_of(pd.concat([sales(), sales().assign(units=3.0)]))
    assert "--aggregate" in caught.value.hint
    assert "separate" not in caught.value.hint


def test_copies_are_left_out() -> None:
    table = sales()
    panel = panel_of(pd.concat([table, table.head(40)]))
    assert (panel.copies, len(panel.table)) == (40, 120)


def test_names_that_are_one_number_are_named_where_rows_repeat() -> None:
    with pytest.raises(DataError, match="several rows of one time") as caught:
        panel_of(sales(shops=("1", "1.0")))
    assert "'1' and '1.0' in column 'shop' are read as one series" in caught.value.hint


def test_copies_with_another_spelling_of_the_name_are_left_out() -> None:
    table = sales(shops=("1", "x"))
    again = table[table["shop"] == "1"].assign(shop="1.0")
    panel = panel_of(pd.concat([table, again], ignore_index=True))
    assert panel.copies == len(again)
    assert panel.ids.labels == (("1",), ("x",))


def test_year_and_day_beside_months_are_parts_of_one_time() -> None:
    days = pd.date_range("2022-01-01", periods=90)
    table = pd.DataFrame({"year": days.year, "month": days.month, "day": days.day, "units": 1.0})
    with pytest.raises(DataError) as caught:
        make_panel(table, time_column="month", target="units")
    assert "'month', 'year' and 'day' seem to be parts of one time" in caught.value.hint


def test_few_repeated_rows_name_no_column() -> None:
    table = sales(days=200)
    again = table.sample(frac=0.05, random_state=0).assign(units=0.5)
    table = pd.concat([table.assign(state="first"), again.assign(state="second")])
    with pytest.raises(DataError, match="20 rows repeat a time, the first at 2022-") as caught:
        panel_of(table)
    assert "'state'" not in caught.value.hint


def test_two_columns_that_only_together_separate_rows_are_named() -> None:
    table = sales(products=("tea", "coffee"))
    with pytest.raises(DataError) as caught:
        panel_of(table, series_columns=())
    assert "--series-column shop,product" in caught.value.hint


@pytest.mark.parametrize(
    ("shops", "labels"),
    [
        ([1.0, 2.0, np.nan], ["", "1", "2"]),
        (["a", " b", ""], ["", "a", "b"]),
        (["007", "7", "07"], ["007", "07", "7"]),
        ([10**17, 10**17 + 1, 3], ["100000000000000000", "100000000000000001", "3"]),
    ],
)
def test_series_are_told_apart_by_their_texts(shops: list[object], labels: list[str]) -> None:
    days = pd.date_range("2022-01-01", periods=20)
    table = pd.DataFrame({"date": np.tile(days, 3), "shop": np.repeat(shops, 20), "units": 1.0})
    panel = panel_of(table)
    assert [label[0] for label in panel.ids.labels] == labels
    assert panel.lengths.tolist() == [20, 20, 20]


def test_names_of_series_stay_as_they_are_written() -> None:
    table = sales(shops=("1.0", "1.1", "2.0"))
    panel = panel_of(table)
    assert panel.ids.labels == (("1.0",), ("1.1",), ("2.0",))
    assert panel.ids.codes(pd.DataFrame({"shop": [1.0, 1.1, 2.0]})).tolist() == [0, 1, 2]


@pytest.mark.parametrize("name", ["hour", "Hour Ending", "Uhrzeit"])
def test_column_of_hours_beside_days_is_part_of_the_time(name: str) -> None:
    days = np.repeat(pd.date_range("2024-01-01", periods=20).strftime("%Y-%m-%d"), 24)
    table = pd.DataFrame({"day": days, name: np.tile(np.arange(1, 25), 20), "kwh": 1.0})
    table["kwh"] += np.arange(480)
    with pytest.raises(DataError, match="460 rows repeat a time") as caught:
        make_panel(table, time_column="day", target="kwh")
    assert f"Columns 'day' and '{name}' seem to be parts of one time" in caught.value.hint


@pytest.mark.parametrize("time_column", ["year", "month"])
def test_year_and_month_in_two_columns_are_to_be_joined(time_column: str) -> None:
    months = pd.period_range("2020-01", periods=36, freq="M")
    table = pd.DataFrame({"year": months.year, "month": months.strftime("%b"), "units": np.arange(36.0)})
    with pytest.raises(DataError) as caught:
        make_panel(table, time_column=time_column, target="units")
    assert "seem to be parts of one time: join them" in caught.value.hint


def test_many_columns_tell_series_apart() -> None:
    parts = np.array(np.meshgrid(*[np.arange(3)] * 4)).reshape(4, -1).T
    rows = pd.DataFrame(np.repeat(parts, 5, axis=0), columns=list("abcd"))
    table = rows.assign(date=np.tile(pd.date_range("2022-01-01", periods=5), 81), units=1.0)
    panel = panel_of(table, series_columns=tuple("dcba"))
    assert len(panel.ids.labels) == 81
    assert panel.ids.labels[1] == ("0", "0", "0", "1")
    assert panel.ids.codes(panel.table).tolist() == panel.series.tolist()


def test_series_may_start_in_different_years() -> None:
    early, late = pd.date_range("2015-01-01", periods=300), pd.date_range("2021-06-01", periods=30)
    table = pd.DataFrame({"date": early.append(late), "shop": ["a"] * 300 + ["b"] * 30, "units": 1.0})
    panel = panel_of(table[::-1])
    assert panel.lengths.tolist() == [300, 30]
    assert panel.stamps(panel.first_steps) == ["2015-01-01", "2021-06-01"]
    assert panel.stamps(panel.last_steps) == ["2015-10-27", "2021-06-30"]


def test_rows_on_days_that_are_else_closed_are_left_out() -> None:
    days = pd.bdate_range("2022-01-03", periods=200).append(pd.DatetimeIndex(["2022-03-12", "2022-06-11"]))
    panel = make_panel(pd.DataFrame({"date": days, "y": 1.0}), time_column="date", target="y")
    assert (panel.calendar.title, panel.closed, len(panel.table)) == ("business days", 2, 200)


def test_each_row_as_a_series_is_refused() -> None:
    table = sales(shops=("0012",)).assign(receipt=range(60))
    with pytest.raises(DataError, match="'receipt' differs in every row"):
        panel_of(table, series_columns=("receipt",))


def test_value_that_is_no_time_is_named() -> None:
    table = sales(days=20)
    table.loc[3, "date"] = "soon"
    with pytest.raises(DataError, match="Time column 'date': row 4 holds 'soon'"):
        panel_of(table)


def test_rows_without_time_are_left_out_and_counted() -> None:
    table = sales(days=20)
    table.loc[3, "date"] = None
    assert panel_of(table).untimed == 1


def test_hour_that_is_there_twice_is_a_clock_change() -> None:
    hours = pd.date_range("2023-10-28", periods=24 * 20, freq="h", tz="UTC").tz_convert("Europe/Berlin")
    table = pd.DataFrame({"time": hours.tz_localize(None).astype("datetime64[us]"), "kwh": np.arange(480.0)})
    panel = make_panel(table, time_column="time", target="kwh")
    assert panel.clock_changes == ("2023-10-29",)
    assert len(panel.table) == 479
    assert panel.calendar.title == "hours"


def test_other_repeated_hours_are_no_clock_change() -> None:
    hours = pd.date_range("2023-10-28", periods=24 * 20, freq="h").to_series()
    table = pd.DataFrame({"time": pd.concat([hours, hours[10:40]]), "kwh": np.arange(510.0)})
    with pytest.raises(DataError, match="There are several rows of one time: 30 rows"):
        make_panel(table, time_column="time", target="kwh")


@pytest.mark.parametrize(
    ("zone", "first", "step"),
    [
        ("America/New_York", "2023-11-01", "15min"),
        ("Africa/Cairo", "2023-10-20", "30min"),
        ("Australia/Lord_Howe", "2024-04-01", "30min"),
    ],
)
def test_clock_changes_of_other_countries(zone: str, first: str, step: str) -> None:
    stamps = pd.date_range(first, periods=1500, freq=step, tz=zone).tz_localize(None)
    table = pd.DataFrame({"time": stamps, "kwh": np.arange(1500.0)})
    assert len(make_panel(table, time_column="time", target="kwh").clock_changes) == 1


@pytest.mark.parametrize("odd", ["9999-12-31", "1900-01-01"])
def test_stamp_far_from_all_others_is_refused(odd: str) -> None:
    days = [*pd.date_range("2022-01-01", periods=80).strftime("%Y-%m-%d"), odd]
    table = pd.DataFrame({"date": days, "shop": "a", "units": 1.0})
    with pytest.raises(DataError, match=f"Time column 'date': 'a' has a row at {odd}"):
        panel_of(table)


def test_single_time_is_refused() -> None:
    table = sales(days=1, shops=("a", "b", "c")).assign(date="2022-09-01")
    with pytest.raises(DataError, match="All rows are at one time, 2022-09-01"):
        panel_of(table, series_columns=(), aggregate="sum")


def test_times_off_the_calendar_are_counted() -> None:
    minutes = pd.date_range("2024-06-03", periods=200, freq="20min")
    table = pd.DataFrame({"time": minutes + pd.to_timedelta(np.arange(200) % 3, "s"), "y": 1.0})
    panel = make_panel(table, time_column="time", target="y")
    assert panel.moved == 133
    assert (np.diff(panel.steps) == 1).all()
