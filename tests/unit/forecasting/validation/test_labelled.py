"""Which values of the target can be forecast."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from tests.unit.forecasting.fitted import fitted, inferred, weekly


def with_value(value, row=75):
    table = weekly()
    table["sales"] = table["sales"].astype(object)
    table.loc[row, "sales"] = value
    return table


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("many", "row 76 ('B' at 2024-01-06) holds 'many', which is not a finite number"),
        (np.inf, "row 76 ('B' at 2024-01-06) holds 'inf', which is not a finite number"),
        (
            1e202,
            "row 76 ('B' at 2024-01-06) holds '1e+202', which is too large to be forecast: more than 1e+30",
        ),
        (-1e202, "row 76 ('B' at 2024-01-06) holds '-1e+202', which is too large"),
    ],
)
def test_values_that_cannot_be_forecast_are_refused_by_name(value, says):
    with pytest.raises(DataError, match="Target 'sales'") as caught:
        inferred(with_value(value))
    assert says in caught.value.message


def test_too_large_values_of_a_newer_history_are_refused():
    newer = weekly(days=80).assign(sales=lambda rows: rows["sales"].where(rows.index != 3, 1e202))
    with pytest.raises(
        DataError, match="row 4 of the history holds '1e\\+202', which is too large to be forecast"
    ):
        fitted(weekly()).predict(newer)


@pytest.mark.parametrize("value", ["many", np.inf])
def test_other_values_of_a_newer_history_are_refused(value):
    newer = weekly(days=80).assign(
        sales=lambda rows: rows["sales"].astype(object).mask(rows.index == 3, value)
    )
    with pytest.raises(
        DataError, match=f"row 4 of the history holds '{value}', which is not a finite number"
    ):
        fitted(weekly()).predict(newer)


def test_markers_of_missing_values_in_a_newer_history_are_no_values():
    newer = weekly(days=91)
    gap = newer.index == 3
    marked = newer.assign(sales=newer["sales"].astype(object).mask(gap, "n/a"))
    pd.testing.assert_frame_equal(
        fitted(weekly()).predict(marked),
        fitted(weekly()).predict(newer.assign(sales=newer["sales"].mask(gap))),
    )


@pytest.mark.parametrize("size", [1e-170, 1e27])
def test_forecasts_of_tiny_and_huge_values_are_finite(size):
    table = weekly().assign(sales=lambda rows: rows["sales"] * size)
    forecasts = fitted(table, algorithms=("baseline", "ridge_reduction", "harmonic_regression")).predict()
    assert np.isfinite(forecasts.filter(regex="forecast|q").to_numpy(dtype=float)).all()
    assert 30 * size < forecasts["forecast"].mean() < 150 * size


def test_too_large_values_of_other_columns_do_no_harm():
    table = weekly().assign(price=lambda rows: np.where(rows.index == 7, 1e202, 9.0 + rows.index % 2))
    plan = weekly(days=7, start="2024-03-11").drop(columns="sales").assign(price=9.0)
    forecaster = fitted(
        table, algorithms=("baseline", "ridge_reduction", "harmonic_regression"), known="price"
    )
    for price in (9.0, 1e202):
        forecasts = forecaster.predict(future=plan.assign(price=price))
        assert np.isfinite(forecasts.filter(regex="forecast|q").to_numpy(dtype=float)).all()
