"""Tests of the comparison of training and test rows that come in groups."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import GuardrailResult
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem


def grouped(groups: int, rows: int, *, seed: int) -> pd.DataFrame:
    """Return rows whose groups are alike in no way, but whose rows of one group are almost the same."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rows)
    table = pd.DataFrame(random.normal(size=(groups, 4)), columns=list("abcd")).loc[group]
    table = table.reset_index(drop=True) + random.normal(0, 0.05, (len(group), 4))
    return table.assign(group=group, y=random.normal(size=len(group)))


def drift(table: pd.DataFrame, test: pd.DataFrame | None = None, **settings) -> GuardrailResult:
    results = infer_problem(table, TabularSettings(target="y", **settings), test=test).results
    return next(one for one in results if one.name == "drift")


@pytest.mark.parametrize("seed", range(6))
def test_groups_without_drift_raise_no_alarm(seed):
    result = drift(grouped(60, 20, seed=seed), group_column="group", seed=seed)
    assert result.outcome == "passed"
    assert "groups that it had not seen" in result.seen


@pytest.mark.parametrize("seed", range(3))
def test_drift_of_groups_is_found(seed):
    test = grouped(30, 20, seed=seed + 100)
    test = test.assign(a=test["a"] + 2, group=test["group"] + 1_000)
    result = drift(grouped(60, 20, seed=seed), test, group_column="group")
    assert result.outcome == "alert"
    assert result.columns[0] == "a"


def test_few_groups_are_not_compared():
    result = drift(grouped(10, 60, seed=0), group_column="group")
    assert (result.outcome, "fewer than 5 groups" in result.seen) == ("passed", True)
