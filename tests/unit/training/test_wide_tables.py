"""Tests of models that leave out most columns in tables with many columns for their rows."""

import pytest

from podium_ml.contracts import Column, ColumnProfile, Problem, Profile
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.plan import plan_branches
from podium_ml.training.wide_tables import suited
from tests.unit.training.conftest import make_problem


def problem_of(task: str, *, rows: int, columns: int) -> Problem:
    made = tuple(Column(f"x{at}", "numeric", "double") for at in range(columns))
    return make_problem(task, n_train=rows, columns=made)


@pytest.mark.parametrize(("task", "name"), [("binary", "logistic_regression"), ("regression", "lasso_lars")])
def test_sparse_model_takes_part_in_short_runs_on_wide_tables(task: str, name: str) -> None:
    problem = problem_of(task, rows=1_700, columns=5_000)
    columns = tuple(ColumnProfile(one.name, one.role, missing=0.0, unique=1_700) for one in problem.columns)
    made = plan_branches(
        problem,
        Profile(rows=1_700, columns=columns, memory_bytes=1 << 26),
        settings=TabularSettings(time_limit="1m"),
        images={},
        n_jobs=1,
        slots=2,
    )
    assert name in [branch.algorithm for branch in made.branches]


@pytest.mark.parametrize("name", ["logistic_regression", "lasso_lars"])
def test_sparse_configurations_come_first_in_wide_tables_alone(name: str) -> None:
    spec, task = ALGORITHMS[name], next(iter(ALGORITHMS[name].tasks))
    wide = suited(spec, problem_of(task, rows=100, columns=60))
    assert list(wide.portfolio) == [*spec.sparse, *spec.portfolio]
    assert wide.usefulness > spec.usefulness
    assert suited(spec, problem_of(task, rows=200, columns=60)) is spec


def test_other_algorithms_stay_as_they_are() -> None:
    spec = ALGORITHMS["lightgbm"]
    assert suited(spec, problem_of("binary", rows=100, columns=200)) is spec
