"""Tests of the choice of the test rows to score."""

import numpy as np
import pandas as pd

from podium_ml.evaluation import scored_rows
from podium_ml.evaluation.scored_rows import choose_rows
from podium_ml.run.budget import Deadline
from tests.unit.evaluation.conftest import make_problem, make_rows
from tests.unit.forecasting.fitted import inferred, weekly


def test_all_rows_are_scored_without_deadline():
    table = make_rows("binary", rows=50, seed=0)
    rows = choose_rows(table, make_problem("binary"), row_seconds=1.0, deadline=Deadline())
    pd.testing.assert_frame_equal(rows.table, table)
    assert rows.notes == ()


def test_short_deadline_scores_random_sample():
    table = make_rows("regression", rows=5000, seed=0)
    problem = make_problem("regression")
    few, same = (choose_rows(table, problem, row_seconds=0.01, deadline=Deadline.after(10)) for _ in range(2))
    assert 200 <= len(few.table) <= 400
    assert f"Scored on a random sample of {len(few.table)} of 5,000 test rows" in few.notes[0]
    np.testing.assert_array_equal(table.loc[few.positions, "y"], few.table["y"])
    assert set(few.positions) & set(same.positions)


def test_series_are_sampled_as_a_whole():
    found = inferred(weekly([f"shop {at}" for at in range(300)], 60))
    rows = choose_rows(found.test, found.problem, row_seconds=0.002, deadline=Deadline.after(0.01))
    sizes = rows.table.groupby("shop").size()
    assert 490 <= len(rows.table) <= 500
    assert set(sizes) == {7}
    assert f"sample of {len(rows.table)} of 2,100" in rows.notes[0]


def test_very_many_rows_are_sampled_without_a_deadline(monkeypatch):
    monkeypatch.setattr(scored_rows, "_MOST", 500)
    found = inferred(weekly([f"shop {at}" for at in range(300)], 60))
    rows = choose_rows(found.test, found.problem, row_seconds=0.0, deadline=Deadline())
    assert set(rows.table.groupby("shop").size()) == {7}
    assert rows.notes == ("Scored on a random sample of 497 of 2,100 test rows, which tells as much.",)


def test_row_of_unknown_class_is_left_out():
    table = make_rows("multiclass", rows=20, seed=0)
    table.loc[4, "y"] = 9
    rows = choose_rows(table, make_problem("multiclass"), row_seconds=0.0, deadline=Deadline.after(1))
    assert rows.notes == ("1 test row has a class that no training row has. It was left out.",)
    assert 4 not in rows.positions


def test_empty_table():
    table = make_rows("binary", rows=5, seed=0).iloc[:0]
    assert not len(choose_rows(table, make_problem("binary"), row_seconds=0.0, deadline=Deadline()).table)
