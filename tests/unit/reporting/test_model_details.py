"""Tests of the details of each model: parameters, members and its own charts."""

from dataclasses import replace

import pytest

from podium_ml.contracts import ColumnChoice, FittedTrial, Trial
from podium_ml.reporting.charts._small_plot import SmallPlot
from podium_ml.reporting.formats import percent
from podium_ml.reporting.report import render_report
from podium_ml.reporting.views.model_details import model_details_view
from tests.unit.reporting.test_report import read


def tuned(facts):
    """Return facts whose LightGBM has a configuration other than the defaults."""
    parameters = {"num_leaves": 63, "learning_rate": 0.0123456, "lambda_l1": 0.0}
    kept = FittedTrial(4, parameters, 0.5, (0.4, 0.6), 1.0, 1e-4, 1000)
    candidates = [
        replace(one, kept=(kept,)) if one.algorithm == "lightgbm" else one for one in facts.candidates
    ]
    trial = Trial("ridge", 1, {"alpha": 3.0}, "search", "complete", score=0.5)
    return replace(facts, candidates=tuple(candidates), trials=(*facts.trials[:-4], trial))


def test_parameters_of_the_best_trial_come_before_the_defaults(facts_of):
    details = {model.title: model for model in model_details_view(tuned(facts_of("binary")))}
    parameters = details["LightGBM"].parameters
    changed = {one.name: one.value for one in parameters if one.changed}
    assert changed == {"num_leaves": "63", "learning_rate": "0.01235"}
    assert [one.changed for one in parameters] == sorted((one.changed for one in parameters), reverse=True)
    assert {"feature_fraction", "lambda_l1"} <= {one.name for one in parameters if not one.changed}
    assert not {"problem", "seed", "n_jobs"} & {one.name for one in parameters}
    assert details["LightGBM"].trial.startswith("Trial 4 has the best out-of-fold score of 3 trials: 0.5")


def test_ensembles_name_their_members(facts_of):
    ensemble, *_ = model_details_view(tuned(facts_of("binary")))
    assert ensemble.chosen
    assert ensemble.parameters == ()
    shown = [(one.title, one.weight, one.parameters) for one in ensemble.members]
    assert shown == [
        ("LightGBM, trial 0", "0.7", "defaults"),
        ("Ridge regression, trial 1", "0.3", "alpha = 3"),
    ]


def test_layers_of_an_ensemble_are_told(facts_of):
    facts = facts_of("binary")
    ensembles = [replace(one, kind="layered", first="stacked_ensemble") for one in facts.ensembles]
    ensemble, *_ = model_details_view(replace(facts, ensembles=ensembles))
    assert ensemble.trial.startswith("The mean of the stacked ensemble and of a forest that has learned")
    assert not model_details_view(facts)[0].trial


def test_models_name_their_columns_and_why_they_leave_out_others(facts_of):
    facts = tuned(facts_of("binary"))
    choice = ColumnChoice(
        "shortest",
        used=("size", "age"),
        spare=("colour",),
        irrelevant=("noise <1>", "noise 2"),
        weak=4_000,
        silent=("age_hour",),
    )
    (before,) = (one for one in facts.candidates if one.algorithm == "lightgbm")
    chosen = replace(before, kept=(replace(before.kept[0], number=0, columns=choice),))
    candidates = tuple(chosen if one is before else one for one in facts.candidates)
    details = {model.title: model for model in model_details_view(replace(facts, candidates=candidates))}
    used, weak, irrelevant, spare, silent, _ = details["LightGBM"].columns
    assert used == "It uses 2 of 4,005 columns: “size” and “age”."
    assert weak.endswith("on their own: 4,000 columns.")
    assert "shuffled copies" in irrelevant
    assert "“noise <1>” and “noise 2”" in irrelevant
    assert spare.endswith("“colour”.")
    assert silent.endswith("the features “age_hour”.")
    assert details["Ridge regression"].columns == ()
    ensemble, *_ = details.values()
    assert [one.title for one in ensemble.members] == [
        "LightGBM, trial 0, 2 columns",
        "Ridge regression, trial 1",
    ]
    assert ensemble.columns == ()  # the other member uses all
    assert "noise &lt;1&gt;" in render_report(replace(facts, candidates=candidates))


@pytest.mark.parametrize(
    ("task", "titles"),
    [
        ("binary", ["ROC curve", "Precision and recall", "Calibration"]),
        ("multiclass", ["ROC curve", "Precision and recall", "Calibration"]),
        ("regression", ["Predicted versus true", "Errors"]),
    ],
)
def test_each_model_has_its_own_charts(task, titles, facts_of):
    facts = facts_of(task)
    details = {model.title: model for model in model_details_view(facts)}
    assert [chart.title for chart in details["LightGBM"].charts] == titles
    assert "Baseline" not in details  # it learns one constant
    assert details["Ridge regression"].charts == ()  # there was no time for them
    html = render_report(facts)
    assert read(html).tags["details"] >= 4
    assert "xgboost" not in [model.title for model in details.values()]


def test_evaluations_of_earlier_versions_have_no_charts_of_other_models(facts_of):
    facts = facts_of("binary")
    facts = replace(facts, evaluation=replace(facts.evaluation, model_charts={}))
    assert not any(model.charts for model in model_details_view(facts))


def test_small_plots_stay_within_their_frame():
    plot = SmallPlot((0.0, 1.0), (0.0, 2.0), labels=("<a>", "b & c"), ticks=percent)
    plot.line([0.0, 5.0], [-3.0, 9.0], "series-1")
    plot.dots([0.5], [1.0], "accent")
    plot.bars([0.0, 0.5, 1.0], [2.0, 0.0], "accent")
    svg = plot.svg('"quoted"')
    assert "M52.0 180.0L286.0 10.0" in svg
    assert "&lt;a&gt;" in svg
    assert "b &amp; c" in svg
    assert 'aria-label="&#34;quoted&#34;"' in svg


def test_headline_counts_the_columns_of_the_chosen_model(facts_of):
    facts = facts_of("binary")
    total = len(facts.problem.features)
    assert f"Predicted from {total} columns." in render_report(facts)
    models = tuple(replace(one, n_columns=1) for one in facts.evaluation.models)
    facts = replace(facts, evaluation=replace(facts.evaluation, models=models))
    assert f"Predicted from 1 of {total} columns." in render_report(facts)
