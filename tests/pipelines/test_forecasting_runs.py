"""Tests of complete runs that forecast, on the embedded engine."""

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import podium
from podium_ml.forecasting import algorithms
from tests.pipelines.faulty_kinds import faulty
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


def test_equal_seeds_and_any_number_of_shards_give_the_same_forecasts(tmp_path):
    asked = {"task": "forecasting", "algorithms": "seasonal_mean,theta", "max_trials": 2, "seed": 3, **ASKED}
    table, plan = priced(91), priced(98)[lambda rows: rows["day"] >= "2024-04-01"].drop(columns="sales")
    boards, forecasts = [], []
    for turn, shards in enumerate((1, 1, 4)):
        run = podium.run(table, "sales", out=tmp_path / str(turn), shards=shards, **asked).wait()
        board = run.leaderboard.set_index("model").sort_index()
        boards.append(board[[name for name in board if name.endswith(("_oof", "_test"))]])
        forecasts.append(run.predictor.predict(future=plan))
    assert len(boards[0].columns)
    for board, forecast in zip(boards[1:], forecasts[1:], strict=True):
        pd.testing.assert_frame_equal(board, boards[0])
        pd.testing.assert_frame_equal(forecast, forecasts[0])


def test_killed_shards_are_a_failed_row(tmp_path):
    declared = {"tasks": frozenset({"forecasting"}), "needs": "panel", "by_group": True}
    with faulty(algorithms, names=["dies"], folder=tmp_path, **declared):
        asked = {**ASKED, **QUICK, "algorithms": "dies,seasonal_mean"}
        run = podium.run(
            priced(91), "sales", task="forecasting", out=tmp_path / "run", shards=2, **asked
        ).wait()
    board = run.leaderboard.set_index("model")
    assert board.loc["dies", "status"] == "failed"
    assert "signal 9" in board.loc["dies", "reason"]
    assert board.loc["seasonal_mean", "status"] == "ok"


@pytest.mark.alone
def test_time_limit_is_kept(tmp_path):
    began = time.monotonic()
    run = podium.run(priced(200), "sales", task="forecasting", out=tmp_path, time_limit="30s", **ASKED).wait()
    assert time.monotonic() - began < 45
    assert len(run.leaderboard) > 1
