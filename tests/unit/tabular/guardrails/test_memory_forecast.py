"""Tests that models learn from as many rows as memory allows."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.kinds import InferredProblem
from podium_ml.run.concurrency import MEMORY_VARIABLE
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 40_000
MEBIBYTE = 2**20


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(rng.normal(size=(ROWS, 8))).add_prefix("x")
    return numbers.assign(
        customer=np.repeat(np.arange(ROWS // 4), 4),
        day=rng.permutation(ROWS),
        label=np.where(np.arange(ROWS) < 40, "rare", np.where(numbers["x0"] > 0, "yes", "no")),
    )


def infer(**options: str) -> InferredProblem:
    return infer_problem(
        table(),
        TabularSettings(**{"target": "label", "max_memory": "410Mi", "test_fraction": "0.1"} | options),
    )


def result(inferred: InferredProblem) -> tuple[str, str]:
    found = next(one for one in inferred.results if one.name == "memory_forecast")
    return found.outcome, found.done


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)


def test_rows_that_do_not_fit_are_left_out() -> None:
    inferred = infer()
    outcome, done = result(inferred)
    assert outcome == "fixed"
    assert f"{len(inferred.train):,} of 36,000 rows, chosen at random" in done
    assert 10_000 < len(inferred.train) == inferred.problem.n_train < 30_000
    assert len(inferred.test) == 4_000
    assert (inferred.train["label"] == "rare").sum() == 36
    assert inferred.train["label"].value_counts(normalize=True)["yes"] == pytest.approx(0.5, abs=0.02)


def test_newest_rows_are_kept() -> None:
    inferred = infer(time_column="day")
    assert "the newest ones" in result(inferred)[1]
    assert len(inferred.train) < 30_000
    assert inferred.train["day"].min() == inferred.train["day"].max() - len(inferred.train) + 1


def test_groups_stay_whole() -> None:
    inferred = infer(group_column="customer")
    assert "whole groups" in result(inferred)[1]
    assert len(inferred.train) < 30_000
    assert set(inferred.train["customer"].value_counts()) == {4}


def test_share_of_the_engine_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, str(4096 * MEBIBYTE))
    assert result(infer())[0] == "passed"


def test_limit_that_leaves_room_for_hardly_any_rows_is_an_alert() -> None:
    inferred = infer(max_memory="401Mi")
    assert result(inferred)[0] == "alert"
    assert len(inferred.train) == 36_000
