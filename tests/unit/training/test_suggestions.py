"""Tests of suggestions of the next configuration to try."""

from typing import Any

import pytest

from podium_ml.algorithms import Categorical, Float, Int
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.suggestions import Suggestions
from tests.unit.training.conftest import tree_spec


def climb(spec: Any, *, seed: int = 0, steps: int = 30) -> list[float]:
    """Search for a depth of 6 and an alpha of 0.02, and return the negative distance of each suggestion."""
    suggestions, utilities = Suggestions(spec, seed=seed), []
    for _ in range(steps):
        parameters = suggestions.ask()
        assert parameters is not None
        utilities.append(-abs(parameters["max_depth"] - 6) - 100 * abs(parameters["ccp_alpha"] - 0.02))
        suggestions.tell(utilities[-1])
    return utilities


def test_suggestions_improve() -> None:
    utilities = climb(tree_spec())
    assert sum(utilities[-10:]) > sum(utilities[:10])


def test_suggestions_are_reproducible() -> None:
    assert climb(tree_spec(), seed=3, steps=12) == climb(tree_spec(), seed=3, steps=12)


def test_suggestions_learn_from_earlier_trials() -> None:
    suggestions = Suggestions(tree_spec(), seed=0)
    for depth in range(1, 9):
        suggestions.learn({"max_depth": depth}, float(depth))
    taught = [trial.params["max_depth"] for trial in suggestions._study.trials]
    assert taught == list(range(1, 9))


def test_trials_outside_the_search_space_are_not_learned() -> None:
    suggestions = Suggestions(tree_spec(), seed=0)
    suggestions.learn({"max_depth": 100}, 1.0)
    suggestions.learn({"unknown": 1}, 1.0)
    suggestions.learn({"max_depth": 3}, None)
    assert suggestions._study.trials == []
    assert suggestions.ask() is not None


def test_nothing_is_suggested_twice() -> None:
    spec = tree_spec(search_space={"max_depth": Int(1, 4)})
    suggestions, seen = Suggestions(spec, seed=0), []
    suggestions.learn({"max_depth": 2}, 0.5)
    while (parameters := suggestions.ask()) is not None:
        seen.append(parameters["max_depth"])
        suggestions.tell(None if parameters["max_depth"] == 4 else 0.1)
    assert sorted(seen) in ([1, 3, 4], [1, 3], [1, 4], [3, 4])


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_suggestions_can_learn_from_every_portfolio(name: str) -> None:
    spec = ALGORITHMS[name]
    if not spec.search_space:
        pytest.skip("nothing to search")
    suggestions = Suggestions(spec, seed=0)
    for number, parameters in enumerate(spec.portfolio):
        suggestions.learn(parameters, float(number))
    suggested = suggestions.ask()
    assert suggested is not None
    assert suggested.keys() == spec.search_space.keys()
    for key, dimension in spec.search_space.items():
        if isinstance(dimension, Categorical):
            assert suggested[key] in dimension.choices
        else:
            assert isinstance(dimension, Float | Int)
            assert dimension.low <= suggested[key] <= dimension.high
