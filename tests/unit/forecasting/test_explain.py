"""Tests of what drives forecasts."""

import numpy as np

from podium_ml.forecasting.kind import KIND
from podium_ml.run.budget import Deadline
from podium_ml.settings import ForecastingProblem
from tests.unit.forecasting.fitted import fitted, weekly


def sales_by_price(days=120):
    """Return daily sales that follow prices, and do not follow a second known column."""
    random = np.random.default_rng(1)
    table = weekly(days=days)
    table["price"] = random.uniform(1, 3, len(table)).round(2)
    table["moon"] = random.uniform(0, 1, len(table)).round(2)
    table["sales"] = table["sales"] * (2 - 0.5 * table["price"])
    return table


def explained(table, known):
    settings = {
        "target": "sales",
        "time_column": "day",
        "series_column": "shop",
        "horizon": 14,
        "known": known,
    }
    found = KIND.infer_problem(table, ForecastingProblem.parse(settings))
    model = fitted(found.train[table.columns], algorithms=("ridge_reduction",), **settings)
    return KIND.explain(model, train=found.train, test=found.test, deadline=Deadline())


def test_a_column_that_matters_comes_first():
    found = explained(sales_by_price(), "price,moon")
    assert [one.column for one in found.columns] == ["price", "moon"]
    assert found.columns[0].importance > 10 * abs(found.columns[1].importance)
    assert (found.metric, found.importance_kind) == ("mase", "permutation")


def test_forecasts_fall_as_the_price_rises():
    found = explained(sales_by_price(), "price,moon")
    curve = next(one for one in found.partial_dependence if one.column == "price")
    assert list(curve.grid) == sorted(curve.grid)
    assert curve.values[0][0] > curve.values[0][-1]


def test_without_other_columns_the_past_is_named():
    found = explained(weekly(days=90), "")
    assert found.columns == ()
    assert "the past of each series alone" in found.notes[0]


def test_series_and_steps_are_no_columns_to_explain():
    names = {one.column for one in explained(sales_by_price(), "price").columns}
    assert names.isdisjoint({"shop", "day"})
