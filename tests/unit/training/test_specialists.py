"""Tests of the time that networks for pictures get beside algorithms of tables."""

from dataclasses import replace

import pytest

from podium_ml.contracts import Column, ColumnProfile, Problem, Profile
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.plan import plan_branches
from tests.unit.training.conftest import make_problem

PICTURE, NUMBER = Column("photo", "image", "binary"), Column("price", "numeric", "double")
NETWORK = "convolutional_network"

pytestmark = pytest.mark.skipif(
    not ALGORITHMS[NETWORK].is_available(), reason="The extra torch is not installed."
)


def seconds_of(problem: Problem, **asked: str) -> dict[str, float]:
    columns = tuple(
        ColumnProfile(one.name, one.role, missing=0.0, unique=4_000, mean=28.0) for one in problem.columns
    )
    made = plan_branches(
        problem,
        Profile(rows=4_000, columns=columns, memory_bytes=1 << 20),
        settings=TabularSettings(time_limit="2m", **asked),
        images={},
        n_jobs=1,
        slots=2,
    )
    return {branch.algorithm: branch.seconds for branch in made.branches}


def booster(problem: Problem, **asked: str) -> float:
    """Return the seconds of a booster, 0 if it takes no part."""
    return seconds_of(problem, **asked).get("lightgbm", 0.0)


def problem_of(*columns: Column) -> Problem:
    return make_problem("multiclass", n_train=4_000, columns=columns)


def test_the_network_gets_most_of_a_slot_where_there_are_pictures_alone():
    seconds = seconds_of(problem_of(PICTURE))
    others = [value for name, value in seconds.items() if name not in (NETWORK, "patch_dictionary")]
    assert list(seconds)[-1] == NETWORK
    assert sum(others) < 0.6 * seconds[NETWORK]
    assert len(others) > 5
    assert "kernel_svm" in seconds


def test_boosters_keep_their_share_where_there_are_other_columns():
    assert booster(problem_of(PICTURE, NUMBER)) > 2 * booster(problem_of(PICTURE))


def test_a_pretrained_network_makes_vectors_for_all_algorithms():
    problem = problem_of(PICTURE)
    assert booster(replace(problem, weights={"backbone": "photos"})) > 2 * booster(problem)


def test_without_a_network_boosters_keep_their_share():
    problem = problem_of(PICTURE)
    assert booster(problem, exclude=NETWORK) > 2 * booster(problem)
