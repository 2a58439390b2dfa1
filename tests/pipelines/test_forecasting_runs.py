"""Tests of complete runs that forecast, on the embedded engine."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import podium
from tests.unit.forecasting.fitted import weekly

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
QUICK = {"algorithms": "seasonal_mean,ridge_reduction", "max_trials": 1, "name": "sales"}
ASKED = {"time_column": "day", "series_column": "shop", "horizon": 7, "known": "price", "holidays": "DE"}


def priced(days, **options):
    table = weekly([f"shop {number}" for number in range(6)], days, **options)
    price = np.random.default_rng(days).choice([8.0, 10.0], len(table))
    return table.assign(price=price, sales=table["sales"] * (18 - price) / 10)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a finished run on one table with a plan, and the folder of the runs."""
    folder = tmp_path_factory.mktemp("runs")
    table = priced(91)
    table.loc[table["day"] >= "2024-03-25", "sales"] = np.nan
    run = podium.run(
        table, "sales", task="forecasting", out=folder / "first", promote="always", **ASKED, **QUICK
    )
    return run.wait()


def test_run_forecasts_the_plan_that_came_with_the_data(finished):
    forecasts = finished.predictor.predict()
    assert len(forecasts) == 6 * 7
    assert forecasts["day"].min() == pd.Timestamp("2024-03-25")
    assert set(finished.leaderboard["model"]) >= {"baseline", "seasonal_mean", "ridge_reduction"}
    assert "Gain over baseline" in finished.report.read_text()


def test_command_line_forecasts_and_backtests(finished, tmp_path):
    newer = priced(91)[lambda rows: rows["day"] >= "2024-03-25"]
    newer.to_csv(tmp_path / "newer.csv", index=False)
    done = subprocess.run(
        [*PODIUM, "backtest", str(finished.path), str(tmp_path / "newer.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "wape" in done.stdout
    done = subprocess.run(
        [*PODIUM, "forecast", str(finished.path), "--out", str(tmp_path / "f.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(pd.read_csv(tmp_path / "f.csv")) == 42


def test_next_run_scores_what_the_champion_had_forecast(finished):
    run = podium.run(
        priced(98), "sales", task="forecasting", out=finished.path.parent / "second", **ASKED, **QUICK
    )
    run.wait()
    decision = pd.read_json(run.path / "decision.json", typ="series")
    assert decision["champion"]
    assert decision["since"] == "2024-03-24"
    assert decision["record"]["rows"] == 42
    assert "had forecast after 2024-03-24" in run.report.read_text()
