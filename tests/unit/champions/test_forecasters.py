"""Tests of the comparison of forecasters: equal histories, and stamps after the champion's data alone."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.champions.challenge import Gate, decide
from podium_ml.champions.confined_answer import write_answer
from podium_ml.champions.decay import decay_of
from podium_ml.champions.folder import MODEL, ChampionFolder
from podium_ml.contracts import Champion, ModelChoice, Selection
from podium_ml.run.budget import Deadline
from tests.unit.forecasting.fitted import fitted, inferred, weekly

MANY = [f"shop {number}" for number in range(12)]


def selection():
    return Selection("ridge", "", (ModelChoice("ridge", 0.9, predict_milliseconds=1.0, size_bytes=1),))


def compare(table, folder, *, challenger="seasonal_mean", **settings):
    """Decide about a challenger that was trained on the table without its last horizon."""
    found = inferred(table, **settings)
    rows = {"train": found.train, "test": found.test, "deadline": Deadline()}
    folder.path.mkdir(exist_ok=True)
    write_answer(folder, found.problem, **rows, into=folder.path)
    return decide(
        found.problem,
        selection(),
        challenger=fitted(table, algorithms=[challenger], without_test=True, **settings),
        champion=folder,
        gate=Gate(),
        **rows,
    )


@pytest.fixture
def champion(tmp_path):
    """Return a function that makes a champion of a model that was fitted on all rows of a table."""

    def make(table, algorithm, **settings):
        model = fitted(table, algorithms=[algorithm], **settings)
        folder = ChampionFolder(tmp_path / "champion")
        folder.write_champion(Champion("sales", "3", "run", model.problem))
        model.save(tmp_path / "champion" / MODEL)
        return folder

    return make


def old_and_new(series=MANY, days=84):
    """Return a table, and the same with two more weeks."""
    table = weekly(series, days + 14)
    return table[table["day"] < table["day"].min() + pd.Timedelta(days=days)], table


def test_first_forecaster_must_beat_the_seasonal_naive_one(tmp_path):
    _, table = old_and_new()
    first = compare(table, ChampionFolder(tmp_path / "none"))
    assert first.promoted
    assert first.drawn == "series"
    assert first.rows == 12 * 7
    again = compare(table, ChampionFolder(tmp_path / "none"), challenger="baseline")
    assert not again.promoted
    assert again.improvement == 0


def test_better_forecaster_replaces_the_champion(champion):
    old, new = old_and_new()
    decision = compare(new, champion(old, "naive"))
    assert decision.promoted
    assert (decision.rows, decision.seen_rows) == (12 * 7, 0)


def test_equal_histories_make_equal_scores(champion):
    """The champion forecasts from the challenger's history, so the same algorithm is no better, and stays."""
    old, new = old_and_new()
    decision = compare(new, champion(old, "seasonal_mean"), challenger="seasonal_mean")
    assert not decision.promoted
    assert decision.improvement == pytest.approx(0, abs=1e-9)


def test_only_stamps_after_the_data_of_the_champion_count(champion):
    _, new = old_and_new()
    some = new[new["day"] < new["day"].max() - pd.Timedelta(days=2)]  # four days into the test
    decision = compare(new, champion(some, "naive"))
    assert (decision.rows, decision.seen_rows) == (12 * 3, 12 * 4)
    all_known = compare(new, champion(new, "naive"))
    assert not all_known.promoted
    assert "0 test rows are after the champion's data" in all_known.reason


def test_fewer_than_thirty_points_keep_the_champion(champion):
    old, new = old_and_new(["A", "B"])
    decision = compare(new, champion(old, "naive"))
    assert not decision.promoted
    assert "Only 14 test rows" in decision.reason


def test_few_series_are_compared_by_blocks_of_time(champion):
    old, new = old_and_new(["A", "B", "C"], days=120)
    decision = compare(new, champion(old, "naive", horizon=14), horizon=14)
    assert decision.drawn == "blocks of time"
    assert decision.rows == 3 * 14
    assert decision.promoted


def test_champion_of_another_frequency_stays(champion):
    _, new = old_and_new()
    monthly = new.assign(day=np.tile(pd.date_range("2016-01-01", periods=98, freq="MS"), 12))
    decision = compare(new, champion(monthly, "naive"))
    assert not decision.promoted
    assert "another frequency" in decision.reason or "after the champion's data" in decision.reason


def test_what_the_champion_had_forecast_is_scored(champion):
    old, new = old_and_new()
    folder = champion(old, "seasonal_mean")
    decision = compare(new, folder)
    assert decision.since == "2024-03-24"
    assert decision.record["rows"] == 12 * 7
    assert 0 < decision.record["mase"] < 2
    assert 0 <= decision.record["coverage"] <= 1
    assert compare(old, folder).record == {}


@pytest.mark.parametrize(("expected", "decayed"), [(0.1, True), (50.0, False), (None, False)])
def test_a_champion_that_forecasts_worse_than_its_test_has_decayed(champion, expected, decayed):
    old, new = old_and_new()
    folder = champion(old, "seasonal_mean")
    problem = inferred(new).problem
    folder.write_champion(Champion("sales", "3", "run", folder.champion.problem, {"mase": expected}))
    text = decay_of(compare(new, ChampionFolder(folder.path)), problem)
    assert bool(text) == decayed
    assert not decayed or "since 2024-03-24, and was 0.1 on its own test" in text
