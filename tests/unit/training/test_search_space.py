"""Tests that nothing is tried outside of the user's ranges."""

import pytest

from podium_ml.algorithms import Categorical, Int, moved_inside, narrowed, written
from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS
from podium_ml.kinds.checks import check_settings
from podium_ml.settings import PlanSettings
from podium_ml.training.suggestions import Suggestions

ALGORITHMS = KINDS["tabular"].algorithms


def test_text_mapping_and_list_mean_the_same():
    text = "lightgbm.num_leaves=8..64,lightgbm.extra_trees=True|False,ridge.alpha=1"
    mapping = {"lightgbm": {"num_leaves": [8, 64], "extra_trees": [True, False]}, "ridge.alpha": 1}
    for given in (text, mapping, text.split(",")):
        found = PlanSettings.parse({"search_space": given})
        assert found.search_spaces == {
            "lightgbm": {"num_leaves": "8..64", "extra_trees": "True|False"},
            "ridge": {"alpha": "1"},
        }


def test_defaults_portfolio_and_suggestions_stay_inside():
    spec = narrowed(ALGORITHMS["lightgbm"], {"num_leaves": "8..12", "extra_trees": "true", "lambda_l2": "2"})
    assert spec.search_space["num_leaves"] == Int(8, 12, log=True)
    assert spec.search_space["extra_trees"] == Categorical((True,))
    suggestions = Suggestions(spec, seed=0)
    tried = [*spec.portfolio, *(suggestions.ask() for _ in range(20))]
    assert len(spec.portfolio) < len(ALGORITHMS["lightgbm"].portfolio) + 1
    for one in tried:
        assert 8 <= one["num_leaves"] <= 12
        assert one["extra_trees"] is True
        assert one["lambda_l2"] == 2
    assert all("num_leaves" not in one for one in spec.cost.cheaper)
    assert ALGORITHMS["lightgbm"].search_space["num_leaves"] == Int(4, 255, log=True)


def test_known_configurations_are_moved_inside():
    spec = narrowed(ALGORITHMS["ridge"], {"alpha": "1..2"})
    space = {"alpha": spec.search_space["alpha"]}
    assert moved_inside(spec, space, {"alpha": 100.0}) == {"alpha": 2.0}
    assert moved_inside(spec, space, {"alpha": 1.5}) == {"alpha": 1.5}


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_what_is_listed_can_be_asked_for(name):
    spec = ALGORITHMS[name]
    wishes = {parameter: written(dimension) for parameter, dimension in spec.search_space.items()}
    again = narrowed(spec, wishes).search_space
    assert again.keys() == spec.search_space.keys()
    for parameter, dimension in spec.search_space.items():
        if isinstance(dimension, Categorical):
            assert again[parameter] == dimension
        else:
            assert again[parameter].low == pytest.approx(dimension.low, rel=1e-4)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("lightgbm.leaves=3", "lightgbm.leaves: it is not searched.*Did you mean"),
        ("lightgbm.num_leaves=64..8", "64..8 is no range"),
        ("lightgbm.num_leaves=a..b", "'a..b' is no range of whole numbers"),
        ("lightgbm.learning_rate=0..1", "log scale"),
        ("lightgbm.learning_rate=0.1..inf", "is no range"),
        ("lightgbm.extra_trees=maybe", "'maybe' is not one of False, True"),
        ("lightgbn.num_leaves=3", "Unknown algorithm 'lightgbn'"),
        ("num_leaves=3", "is not algorithm.parameter=values"),
    ],
)
def test_wishes_that_cannot_be_met_are_told_before_the_run(wish, message):
    with pytest.raises(SettingsError, match=message):
        check_settings({"target": "y", "search_space": wish})
