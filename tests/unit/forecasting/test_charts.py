"""Tests of the chart data of forecasts."""

import json

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.forecasting.charts import forecast_charts
from podium_ml.forecasting.kind import ForecastingKind
from podium_ml.kinds.features import build_feature_table
from podium_ml.reporting.charts.series_charts import forecast_charts as draw_forecasts
from podium_ml.reporting.charts.series_charts import series_charts
from podium_ml.settings import ForecastingSettings

HORIZON, QUANTILES = 4, np.linspace(-1.2, 1.2, 9)


def rows(series=3, steps=60, gap=None):
    """Return a table of monthly series of different size, with a season and a trend."""
    parts = []
    for number in range(series):
        t = np.arange(steps)
        value = 10.0**number * (20 + 0.2 * t + 5 * np.sin(2 * np.pi * t / 12))
        dates = pd.date_range("2015-01-01", periods=steps, freq="MS")
        parts.append(pd.DataFrame({"shop": f"S{number}", "month": dates, "sold": value}))
    table = pd.concat(parts, ignore_index=True)
    return table if gap is None else table.drop(index=gap).reset_index(drop=True)


def charts_of(table, *, off=0.0, test_windows=1):
    settings = ForecastingSettings(
        target="sold",
        task="forecasting",
        time_column="month",
        series_column="shop",
        horizon=HORIZON,
        windows=2,
        test_windows=test_windows,
    )
    kind = ForecastingKind()
    inferred = kind.infer_problem(table, settings)
    featurizer = kind.plan_features(inferred.problem, inferred.train)
    train = build_feature_table(featurizer, inferred.train, inferred.problem)
    test = build_feature_table(featurizer, inferred.test, inferred.problem) if len(inferred.test) else None
    oof = np.full((len(train.y), 10), np.nan)
    last = (
        pd.Series(train.y[:, 0]).groupby(train.X.iloc[:, 0].to_numpy()).cumcount(ascending=False)
        < 2 * HORIZON
    )
    oof[last] = certain(train, off)[last]
    raw = certain(test, off) if test is not None else np.empty((0, 10))
    return forecast_charts(inferred.problem, train=train, oof=oof, test=test, raw=raw)


def certain(table: FeatureTable, off: float) -> np.ndarray:
    """Return forecasts that are too high by some scales, with intervals around them."""
    point = table.y[:, 0] + off * table.y[:, 1]
    return np.column_stack([point, point[:, None] + table.y[:, 1:2] * QUANTILES])


def test_each_series_has_its_stamps_past_and_forecast():
    found = charts_of(rows())["forecasts"]
    assert {one["series"] for one in found} == {"S0", "S1", "S2"}
    assert {title for one in found for title in one["title"].split(", ")} >= {
        "best",
        "worst",
        "median",
        "largest",
    }
    for one in found:
        assert one["stamps"][-HORIZON:] == ["2019-09-01", "2019-10-01", "2019-11-01", "2019-12-01"]
        assert len(one["stamps"]) == len(one["steps"]) == len(one["past"]) + HORIZON
        assert one["steps"] == sorted(one["steps"])
    assert next(one for one in found if "largest" in one["title"])["series"] == "S2"


def test_exact_forecasts_have_no_error_and_full_coverage():
    found = charts_of(rows())
    assert found["error_by_step"]["test"] == {"step": [1, 2, 3, 4], "mase": [0.0] * HORIZON}
    assert set(found["interval_coverage"]["test"]["coverage"]) == {1.0}
    assert [one["use"] for one in found["error_by_window"]] == ["windows before", "windows before", "test"]
    assert [one["from"] for one in found["error_by_window"]] == ["2019-01-01", "2019-05-01", "2019-09-01"]


def test_errors_are_counted_in_scales_of_the_series():
    found = charts_of(rows(), off=2.0)
    assert found["error_by_step"]["test"]["mase"] == pytest.approx([2.0] * HORIZON)
    assert {one["bias"] for one in found["series_scores"]} == {2.0}
    assert {one["coverage"] for one in found["series_scores"]} == {0.0}


def test_missing_stamps_leave_gaps():
    found = charts_of(rows(gap=[57, 58]))["forecasts"]
    one = next(one for one in found if one["series"] == "S0")
    assert np.diff(one["steps"]).max() == 3


def test_without_test_the_latest_window_is_shown():
    found = charts_of(rows(steps=60), test_windows=0)
    assert set(found["error_by_step"]) == {"windows before"}
    assert all(len(one["forecast"]) == HORIZON for one in found["forecasts"])


def test_decomposition_finds_season_and_trend():
    found = charts_of(rows(series=1))["decomposition"]
    assert found["season_strength"] > 0.95
    assert found["trend_strength"] > 0.95
    assert len(found["season"]) == 12


def test_all_charts_are_drawn_and_are_json():
    found = json.loads(json.dumps(charts_of(rows(), off=0.5)))
    assert len(draw_forecasts(found)) == 3
    titles = [chart.title for chart in series_charts(found)]
    assert titles[:3] == ["Error by steps ahead", "Error by window", "Do the intervals hold?"]
    assert "Trend of S2" in titles
    assert all("<svg" in chart.svg for chart in (*draw_forecasts(found), *series_charts(found)))


def test_names_of_series_are_escaped():
    table = rows(series=1).assign(shop="<script>alert(1)</script>")
    found = charts_of(table)
    drawn = "".join(chart.svg for chart in (*draw_forecasts(found), *series_charts(found)))
    assert "<script>" not in drawn
