"""Tests of forecasts of several test windows."""

import numpy as np
import pytest

from podium_ml.forecasting.kind import KIND
from podium_ml.kinds.features import build_feature_table
from tests.unit.forecasting.fitted import fitted, inferred, weekly


@pytest.mark.parametrize("gap", [0, 2])
def test_each_window_of_the_test_is_forecast_from_what_came_before_it(gap):
    rows = weekly(days=90)
    asked = {"test_windows": 2, "gap": gap}
    found = inferred(rows, **asked)
    model = fitted(rows, algorithms=("naive",), without_test=True, **asked)
    test = build_feature_table(model.featurizer, found.test, found.problem)
    assert len(test.y) == 2 * 2 * 7
    points = KIND.predict_test(model.model, test, found.problem)[:, 0]
    sales = rows.set_index(["shop", "day"])["sales"]
    for shop in ("A", "B"):
        values = sales[shop].to_numpy()
        own = points[(found.test["shop"] == shop).to_numpy()]
        np.testing.assert_allclose(own[:7], values[-15 - gap])
        np.testing.assert_allclose(own[7:], values[-8 - gap])
