"""Tests of the settings that only forecasts have."""

import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings import ForecastingProblem, ForecastingSettings


@pytest.mark.parametrize("given", ["0.9,0.1,0.5", [0.9, 0.1, 0.5], ["0.5", "0.9", "0.1", "0.1"]])
def test_levels_are_numbers_in_order(given):
    assert ForecastingProblem.parse({"quantiles": given}).levels == (0.1, 0.5, 0.9)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"quantiles": "10,90"}, "quantiles: '10' is not between 0 and 1"),
        ({"quantiles": "0.1,high"}, "'high' is not between 0 and 1"),
        ({"horizon": 7, "window_step": 3}, "window_step must be at least the horizon, 7"),
        ({"gap": -1}, "gap"),
        ({"fill": "mean"}, "fill"),
        ({"future": "https://me:secret@host/plan.csv"}, "future: the address holds"),
        ({"target": "y", "known": "y"}, "must be different columns"),
        ({"examples": False}, "examples: a forecaster holds the history of its series"),
    ],
)
def test_mistakes_name_the_setting(given, says):
    with pytest.raises(SettingsError, match=says):
        ForecastingSettings.parse(given)


def test_names_are_split_at_commas():
    asked = ForecastingProblem.parse({"series_column": ["a", "b,c"], "known": "p,q", "holidays": "DE,FR"})
    assert asked.series_columns == ("a", "b,c")
    assert asked.known_columns == ("p", "q")
    assert asked.holiday_names == ("DE", "FR")


def test_plan_of_a_run_is_shown_without_secrets():
    from podium_ml.settings import without_secrets

    shown = without_secrets({"future": "https://host/plan.csv?sig=abc"})
    assert "abc" not in shown["future"]
