"""Tests of rows that stand for the data and are none of its rows."""

import numpy as np
import pandas as pd

from podium_ml.contracts import ColumnProfile, GuardrailResult, Problem, Profile
from podium_ml.contracts.problem import Column
from podium_ml.kinds import InferredProblem
from podium_ml.kinds.without_examples import without_examples
from podium_ml.selection.summary_rows import summary_rows
from podium_ml.settings import PlanSettings
from podium_ml.training.choice import choose_algorithms

ROLES = {"n": "numeric", "i": "numeric", "c": "categorical", "b": "boolean", "t": "datetime", "note": "text"}
COLUMNS = tuple(Column(name, role, "string") for name, role in ROLES.items())
PROBLEM = Problem(
    "p", "binary", "y", "roc_auc", COLUMNS, classes=(False, True), n_train=100, target_type="labels"
)


def _sample() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "n": rng.normal(size=100),
            "i": rng.integers(0, 10**6, size=100),
            "c": ["north"] * 60 + ["south"] * 38 + ["Anna Schmidt", "Otto Meier"],
            "b": [True] * 70 + [False] * 30,
            "t": pd.date_range("2024-01-01", periods=100, freq="37h"),
            "note": [f"patient {row}" for row in range(100)],
        }
    )


def test_no_value_of_a_single_row():
    sample = _sample()
    rows = summary_rows(sample, PROBLEM)
    assert list(rows.columns) == list(sample.columns)
    assert rows["note"].isna().all()
    assert set(rows["c"].dropna()) == {"north", "south"}
    assert not set(rows["n"]) & set(sample["n"])
    assert not set(rows["i"]) & set(sample["i"])
    assert not set(rows["t"]) & set(sample["t"])


def test_rows_are_like_the_data():
    sample = _sample()
    rows = summary_rows(sample, PROBLEM)
    assert abs(rows["n"].mean() - sample["n"].mean()) < 0.1
    assert (rows["c"] == "north").sum() == 6
    assert rows.dtypes["i"] == sample.dtypes["i"]
    assert rows.dtypes["t"] == sample.dtypes["t"]
    assert summary_rows(sample, PROBLEM).equals(rows)


def test_few_rows_have_no_summary():
    rows = summary_rows(_sample().head(1), PROBLEM)
    assert len(rows) == 10
    assert rows.isna().all().all()


def test_validation_without_examples():
    columns = [
        ColumnProfile(
            "c", "categorical", 0.0, 3, examples=("north", "Anna"), top=("north", "Anna"), counts=(60, 1)
        ),
        ColumnProfile("n", "numeric", 0.0, 9, examples=("17",), mean=3.0, edges=(0.0, 1.0), counts=(2,)),
    ]
    results = [
        GuardrailResult("o", "Outliers", "alert", "2 rows.", details=({"row": 3, "value": 9e9},)),
        GuardrailResult("c", "Constant", "fixed", "1 column.", details=({"column": "x", "why": "constant"},)),
    ]
    empty = pd.DataFrame()
    found = without_examples(InferredProblem(PROBLEM, empty, empty, Profile(100, tuple(columns)), results))
    assert not found.problem.examples
    assert [one.examples for one in found.profile.columns] == [(), ()]
    assert (found.profile.columns[0].top, found.profile.columns[0].counts) == (("north",), (60,))
    assert found.profile.columns[1].counts == (2,)
    assert [one.details for one in found.results] == [(), ({"column": "x", "why": "constant"},)]


def test_algorithms_that_hold_rows_take_no_part():
    from dataclasses import replace

    settings = PlanSettings()
    chosen, skipped = choose_algorithms(replace(PROBLEM, examples=False), settings)
    names = {one.name for one in chosen}
    assert not names & {"nearest_neighbors", "kernel_svm"}
    assert "logistic_regression" in names
    assert any("--no-examples" in one["reason"] for one in skipped)
    assert "nearest_neighbors" in {one.name for one in choose_algorithms(PROBLEM, settings)[0]}
