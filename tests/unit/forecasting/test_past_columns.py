"""Columns that are known in the past only."""

import pickle

import numpy as np
import pandas as pd
import pytest

from podium_ml.forecasting.history import Past
from podium_ml.forecasting.past_columns import PastColumns
from podium_ml.forecasting.prediction.newer_history import until
from tests.unit.forecasting.fitted import fitted, inferred

HORIZON, DAYS = 5, 160
DIRECT = ("ridge_reduction",)


def orders(series=("A", "B"), days=DAYS, *, seed=0):
    """Return sales that follow the orders of five days before, which nobody knows in advance."""
    random, parts = np.random.default_rng(seed), []
    for number, name in enumerate(series):
        received = random.normal(0, 1, days + HORIZON)
        sales = 100 * (number + 1) + 20 * received[:-HORIZON] + random.normal(0, 1, days)
        stamps = pd.date_range("2024-01-01", periods=days)
        parts.append(
            pd.DataFrame({"shop": name, "day": stamps, "sales": sales, "orders": received[HORIZON:]})
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def table():
    return orders()


@pytest.fixture(scope="module")
def forecaster(table):
    return fitted(early(table), algorithms=DIRECT, horizon=HORIZON)


def early(table):
    return table[table["day"] < table["day"].max() - pd.Timedelta(days=HORIZON - 1)].reset_index(drop=True)


def late(table):
    return table[table["day"] >= table["day"].max() - pd.Timedelta(days=HORIZON - 1)].reset_index(drop=True)


def test_numbers_that_vary_are_known_in_the_past(table):
    more = table.assign(
        size=table["shop"].map({"A": 1.0, "B": 2.0}), note="text", same=1.0, price=1.0 * table.index
    )
    task = inferred(more, horizon=HORIZON, known="price").problem.series
    assert task.past == ("orders",)
    assert (task.known, task.static) == (("price",), ("size", "note", "same"))


def test_their_past_is_learned_from(table, forecaster):
    without = fitted(early(table).drop(columns="orders"), algorithms=DIRECT, horizon=HORIZON)
    truth = late(table)["sales"].to_numpy()
    errors = [np.abs(one.predict()["forecast"] - truth).mean() for one in (forecaster, without)]
    assert errors[0] < 0.4 * errors[1]


def test_their_future_never_matters(table, forecaster):
    expected = forecaster.predict()
    plan = late(table).assign(orders=1e6).drop(columns="sales")
    pd.testing.assert_frame_equal(forecaster.predict(future=plan), expected)
    rows = forecaster.featurizer.transform(
        late(table).assign(**{"podium series": [0] * 5 + [1] * 5, "podium step": 0})
    )
    assert "orders" in rows


def test_newer_history_brings_its_own_values(table, forecaster):
    more = orders(days=DAYS + HORIZON)
    changed = table.assign(orders=table["orders"] + 3 * (table["day"] >= late(table)["day"].min()))
    usual, moved = (forecaster.predict(history=one) for one in (table, changed))
    assert (moved["forecast"] - usual["forecast"]).mean() > 20
    lacking = forecaster.predict(history=table.drop(columns="orders"))
    assert np.isfinite(lacking["forecast"]).all()
    assert len(more) > len(table)


def test_values_after_a_cut_off_change_no_forecast_made_before(table):
    changed = table.copy()
    cut = DAYS - 20
    changed.loc[changed["day"] >= changed["day"].min() + pd.Timedelta(days=cut), ["orders", "sales"]] = 7.0
    models = [fitted(one, algorithms=DIRECT, horizon=HORIZON).model for one in (table, changed)]
    step = int(models[0].folds[0].estimator.past_.firsts[0]) + cut - 1
    past = [until(models[0], step).folds[0].estimator.columns_.given.table]
    past += [until(models[1], step).folds[0].estimator.columns_.given.table]
    np.testing.assert_array_equal(*past)


def test_a_saved_forecaster_forecasts_the_same(forecaster):
    again = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_frame_equal(again.predict(), forecaster.predict())


def test_features_end_at_the_origin():
    past = Past(np.array([0]), np.array([0]), np.array([0, 30]), np.arange(30.0))
    X = np.column_stack([np.zeros(30), np.arange(30), np.arange(30) ** 2]).astype(float)
    changed = X.copy()
    changed[16:, 2] = -1e9
    series, origins, ahead = np.zeros(8, dtype=int), np.full(8, 15), np.arange(1, 9)
    found = [PastColumns.of(one, past) for one in (X, changed)]
    rows = [
        one.rows(series, origins, ahead, season=7, horizon=5) * one.sizes[0] + one.means[0] for one in found
    ]
    near = np.abs(rows[0]) < 10 * found[0].sizes[0]
    assert near.all()
    assert np.isfinite(rows[0]).all()
    np.testing.assert_allclose(rows[0][:, 0], 15**2)
    np.testing.assert_allclose(rows[0][:, 4], (10 + np.minimum(ahead, 5)) ** 2)
