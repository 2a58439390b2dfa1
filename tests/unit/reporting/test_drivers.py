"""Tests that the section on drivers says what was measured."""

from dataclasses import replace

import pytest

from podium_ml.contracts import (
    ColumnImportance,
    GroupImportance,
    ModelImportance,
    ModelImportances,
    PartialDependence,
)
from podium_ml.reporting.report import render_report
from podium_ml.reporting.views.drivers import drivers_view


@pytest.fixture
def explanation(facts_of):
    columns = (
        ColumnImportance("age", 0.2, 0.01),
        ColumnImportance("size", 0.0, 0.0),
        ColumnImportance("colour", -0.01, 0.01),
    )
    dependence = PartialDependence("age", (1.0, 2.0), ((0.1, 0.2),), ("yes",), rows=321)
    return replace(facts_of("binary").explanation, columns=columns, partial_dependence=(dependence,))


def test_columns_that_can_be_spared_alone_are_not_said_to_be_useless(explanation):
    assert drivers_view(explanation).spare == (
        "Each of 2 columns could be shuffled alone without loss. Together they may still matter."
    )
    together = GroupImportance("spare", ("size", "colour"), 0.12, 0.01)
    assert "worsens the" in drivers_view(replace(explanation, groups=(together,))).spare
    assert "0.12" in drivers_view(replace(explanation, groups=(together,))).spare
    nothing = replace(together, importance=0.0)
    assert "loses nothing either" in drivers_view(replace(explanation, groups=(nothing,))).spare


def test_shapley_values_are_not_called_exact(explanation):
    assert "approximated" in drivers_view(replace(explanation, shap_method="tree")).method
    sampled = drivers_view(replace(explanation, shap_method="permutation", shap_walks=32, shap_rows=140))
    assert "32 random orders" in sampled.method
    assert sampled.swarm_rows == "140 rows"


def test_dependence_says_over_how_many_rows(explanation):
    assert drivers_view(explanation).dependence_rows == "over 321 rows"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("permutation", "worsens"), ("stand_in", "worsens"), ("movement", "move"), ("own", "itself")],
)
def test_kind_of_importance_is_said(kind, words, explanation):
    view = drivers_view(replace(explanation, importance_kind=kind))
    assert words in view.importance
    assert ("without loss" in view.spare) == (kind in ("permutation", "stand_in"))


def test_groups_and_all_models_are_shown(facts_of, explanation):
    group = GroupImportance("related", ("age", "size"), 0.4, 0.02)
    importances = ModelImportances(
        {
            "lightgbm": ModelImportance("movement", {"age": 0.75, "size": 0.25}, rows=100),
            "random_forest": ModelImportance("own", {"age": 0.5, "size": 0.5}),
        }
    )
    facts = replace(
        facts_of("binary"), explanation=replace(explanation, groups=(group,)), importances=importances
    )
    page = render_report(facts)
    assert "age and size" in page
    assert "What each model relies on" in page
    assert "75%" in page.replace(" %", "%")
    assert "Random forest *" in page
    assert "* Not measured: the share of each column in the gains" in page


def test_wider_groups_do_not_leave_the_lane(explanation):
    group = GroupImportance("related", ("age", "size"), 0.4, 0.0)
    view = drivers_view(replace(explanation, groups=(group,)))
    assert view.groups[0].width == 100
    assert view.bars[0].width == 50
