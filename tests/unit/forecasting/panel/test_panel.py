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
    with pytest.raises(DataError) as caught:
        panel_of(pd.concat([sales(), sales()]))
    assert "--aggregate" in caught.value.hint


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
    table = pd.DataFrame({"time": pd.concat([hours, hours[10:40]]), "kwh": 1.0})
    with pytest.raises(DataError, match="There are several rows of one time: 30 rows"):
        make_panel(table, time_column="time", target="kwh")


def test_times_off_the_calendar_are_counted() -> None:
    minutes = pd.date_range("2024-06-03", periods=200, freq="20min")
    table = pd.DataFrame({"time": minutes + pd.to_timedelta(np.arange(200) % 3, "s"), "y": 1.0})
    panel = make_panel(table, time_column="time", target="y")
    assert panel.moved == 133
    assert (np.diff(panel.steps) == 1).all()
