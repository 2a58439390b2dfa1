"""Tests of forecasters of series and their sums."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.forecasting.hierarchy.tree import ALL
from podium_ml.forecasting.history import SERIES, STEP
from tests.unit.forecasting.fitted import fitted, inferred, weekly

ASKED = {"series_column": "state,shop", "hierarchy": "state"}


def shops(days=84, **more):
    table = weekly([f"shop {at}" for at in range(5)], days, **more)
    state = table["shop"].map(lambda name: "N" if name < "shop 3" else "S")
    price = np.random.default_rng(days).choice([8.0, 10.0], len(table))
    return table.assign(state=state, price=price)


def check_sums(table, value="forecast", *, time="day"):
    """Check that values add up at every level."""
    keys = [name for name in ("state", "shop") if name in table]
    leaves = table[(table[keys] != ALL).all(axis=1)]
    by_state = table[(table["state"] != ALL) & (table["shop"] == ALL)].set_index(["state", time])[value]
    total = table[table["state"] == ALL].set_index(time)[value]
    assert len(by_state)
    assert len(total)
    expected = leaves.groupby(["state", time])[value].sum().loc[by_state.index]
    np.testing.assert_allclose(by_state, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(total, leaves.groupby(time)[value].sum().loc[total.index], rtol=0, atol=1e-6)


def test_history_has_rows_of_sums():
    found = inferred(shops(), **ASKED)
    assert found.problem.series.labels[-3:] == ((ALL, ALL), ("N", ALL), ("S", ALL))
    table = pd.concat([found.train, found.test])
    check_sums(table, "sales")
    assert not table.duplicated([SERIES, STEP]).any()


def test_steps_at_which_a_series_lacks_have_no_sum():
    table = shops().drop(index=[10])
    found = inferred(table, **ASKED)
    rows = found.train
    lacking = table["day"].iloc[9] + pd.Timedelta(days=1)
    assert not (rows["day"] == lacking)[rows["state"] == ALL].any()
    assert (rows["day"] == lacking)[rows["shop"] == "shop 1"].any()


@pytest.mark.parametrize("known", ["", "price"])
def test_forecasts_of_newer_rows_and_plans_add_up(known):
    days = shops(98)
    model = fitted(
        days[days["day"] < "2024-03-25"], algorithms=("theta", "ridge_reduction"), known=known, **ASKED
    )
    newer = days[days["day"] < "2024-04-01"]
    plan = days[days["day"] >= "2024-03-25"].drop(columns="sales") if known else None
    check_sums(model.predict(future=plan))
    later = model.predict(newer, future=plan)
    check_sums(later)
    assert later["day"].min() == pd.Timestamp("2024-04-01")
    whole = model.predict(future=plan, whole=True)
    check_sums(whole)
    assert (whole["forecast"] == whole["forecast"].round()).all()
    quantiles = later[[name for name in later if name.startswith("q")]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


def test_backtest_scores_sums_too():
    days = shops(98)
    model = fitted(days[days["day"] < "2024-03-25"], **ASKED)
    rows = model.backtest(days).rows
    check_sums(rows)
    check_sums(rows, "actual")


def test_total_counts_each_series_once():
    model = fitted(shops(), **ASKED)
    table = model.predict(total=True)
    last = table[table["state"] == "all series"].set_index("day")["forecast"]
    np.testing.assert_allclose(last, table[table["state"] == ALL].set_index("day")["forecast"])


def test_wrong_hierarchies_are_refused():
    with pytest.raises(SettingsError, match="'city' is not one of the columns of series_column"):
        inferred(shops(), series_column="state,shop", hierarchy="city")
    with pytest.raises(DataError, match="holds texts, which have no mean"):
        inferred(shops().assign(kind="a"), known="kind", **ASKED)
    with pytest.raises(DataError, match="is the name of sums"):
        inferred(shops().replace("shop 1", ALL), **ASKED)
    with pytest.raises(SettingsError, match="only one series"):
        inferred(weekly(["a"]), hierarchy="shop")
