"""Tests of the stage ``evaluate_models``, on trained models."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Evaluation, ModelImportances, Selection
from podium_ml.ensembling import ENSEMBLES
from podium_ml.ensembling import load as load_ensembles
from podium_ml.files import pickles
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import metrics_for, resolve_metric
from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.selection.corrections import load_corrections
from podium_ml.stages import evaluate_models
from podium_ml.tabular.predictor import Predictor
from podium_ml.targets import encode_target
from podium_ml.training.candidate_folder import CandidateFolder
from tests.unit.evaluation.conftest import CLASSES, Trained


def evaluate(selected: Trained, folder: Path, **changes):
    facts = evaluate_models.run(**selected.arguments(folder, **changes))
    return facts, Evaluation.load(folder / "evaluation.json")


@pytest.fixture(scope="session")
def evaluated(selected, tmp_path_factory):
    """Return the facts, evaluation and folder of an evaluation with default arguments."""
    folder = tmp_path_factory.mktemp("evaluated")
    return *evaluate(selected, folder), folder


def chosen(result: Evaluation):
    return next(model for model in result.models if model.chosen)


def test_all_models_are_scored_and_failed_ones_keep_their_reason(selected, evaluated):
    facts, result, _ = evaluated
    assert facts["rows"] == result.rows == 120
    names = {model.name for model in result.models}
    assert {"baseline", "lightgbm", "stacked_ensemble", "xgboost"} <= names
    every = {metric.name for metric in metrics_for(selected.problem.task)}
    for model in result.models:
        if model.status == "failed":
            assert model.reason
            assert not model.test
            continue
        assert set(model.test) == every, model.reason
        if model.name == "baseline":
            continue  # A constant prediction may have a score that does not vary.
        primary = model.test[selected.problem.metric]
        assert primary.low <= primary.value <= primary.high
    failed = [model.name for model in result.models if model.status == "failed"]
    assert "xgboost" in failed
    assert [model.name for model in result.models][-len(failed) :] == failed


def test_every_model_has_an_importance(selected, evaluated):
    _, result, folder = evaluated
    found = ModelImportances.load(folder / "importances.json").models
    columns = {column.name for column in selected.problem.features}
    assert set(found) == {model.name for model in result.models if model.status == "ok"}
    for name, one in found.items():
        assert set(one.shares) == columns
        assert sum(one.shares.values()) == (pytest.approx(1) if name != "baseline" else 0)


def test_every_model_has_an_importance_without_test_rows(selected, tmp_path):
    pd.read_parquet(selected.arguments(tmp_path)["test"]).head(0).to_parquet(tmp_path / "none")
    _, result = evaluate(selected, tmp_path / "evaluation", test=str(tmp_path / "none"))
    found = ModelImportances.load(tmp_path / "evaluation" / "importances.json").models
    assert set(found) == {model.name for model in result.models if model.status == "ok"}


def test_models_are_ordered_by_out_of_fold_score(selected, evaluated):
    _, result, _ = evaluated
    metric = resolve_metric(selected.problem.metric, selected.problem.task)
    utilities = [metric.utility(m.oof_score) for m in result.models if m.oof_score is not None]
    assert utilities == sorted(utilities, reverse=True)


def test_chosen_model_beats_the_baseline(selected, evaluated):
    _, result, _ = evaluated
    metric = resolve_metric(selected.problem.metric, selected.problem.task)
    best, baseline = chosen(result), next(m for m in result.models if m.name == "baseline")
    better, worse = (metric.utility(m.test[metric.name].value) for m in (best, baseline))
    gain = result.over_baseline
    assert better - worse == pytest.approx(gain.value)
    assert 0 < gain.low < gain.value < gain.high


def test_scores_of_the_chosen_model_match_the_predictor(selected, evaluated):
    _, result, _ = evaluated
    rows = pd.read_parquet(selected.folder / "test.parquet")
    predictor = Predictor.load(selected.folder / "model" / "model.pkl")
    truth = encode_target(rows["y"], selected.problem)
    for metric in metrics_for(selected.problem.task):
        value = metric.score(truth, predictor.predict_raw(rows), threshold=predictor.threshold)
        assert chosen(result).test[metric.name].value == pytest.approx(value), metric.name


def test_every_model_is_scored_with_its_own_corrections(selected, evaluated):
    model, problem = selected.folder / "model", selected.problem
    rows = pd.read_parquet(selected.folder / "test.parquet")
    featurizer = pickles.load(selected.folder / "featurizer.pkl", kind="featurizer")
    table = build_feature_table(featurizer, rows, problem)
    corrections, metric = load_corrections(model), resolve_metric(problem.metric, problem.task)
    folders = [CandidateFolder(path) for path in selected.arguments(selected.folder)["candidates"]]
    models = {
        **{
            one.candidate.algorithm: one.load_model(one.candidate.kept[0].number)
            for one in folders
            if one.candidate.kept
        },
        **load_ensembles(model / ENSEMBLES, [one.path for one in folders]),
    }
    thresholds = {one.name: one.threshold for one in Selection.load(model / "selection.json").choices}
    for row in evaluated[1].models:
        if row.status == "ok":
            own = corrections[row.name]
            assert own.threshold == thresholds[row.name]
            raw = own.apply(models[row.name].predict_raw(table.X), table)
            score = metric.score(table.y, raw, threshold=own.threshold)
            assert row.test[metric.name].value == pytest.approx(score), row.name
    tuned = {name for name, one in corrections.items() if one.threshold is not None}
    assert bool(tuned - {chosen(evaluated[1]).name}) == (problem.task == "binary")


def test_calibration_of_the_chosen_model_alone_is_said(selected, evaluated):
    selection = Selection.load(selected.folder / "model" / "selection.json")
    said = any("Only the chosen model's probabilities are calibrated" in note for note in evaluated[1].notes)
    assert said == (bool(selection.calibrated) and selected.problem.is_classification)


def test_saved_predictions_match_the_predictor(selected, evaluated):
    written = pd.read_parquet(evaluated[2] / "predictions.parquet")
    rows = pd.read_parquet(selected.folder / "test.parquet")
    predictor = Predictor.load(selected.folder / "model" / "model.pkl")
    assert written["row"].tolist() == list(range(120))
    assert written["truth"].tolist() == rows["y"].tolist()
    if selected.problem.is_classification:
        assert written["prediction"].tolist() == predictor.predict(rows).tolist()
        names = [f"probability_{label}" for label in CLASSES[selected.problem.task]]
        np.testing.assert_allclose(written[names], predictor.predict_proba(rows))
    else:
        np.testing.assert_allclose(written["prediction"], predictor.predict(rows))


def test_evaluation_is_reproducible(selected, evaluated, tmp_path):
    evaluate(selected, tmp_path)
    folders = (evaluated[2], tmp_path)
    tables = [pd.read_csv(folder / "leaderboard.csv", dtype=str) for folder in folders]
    scores = [c for c in tables[0] if c.endswith(("_oof", "_test", "_low", "_high"))]
    assert len(scores) >= 10
    pd.testing.assert_frame_equal(tables[0][scores], tables[1][scores])
    first, second = ((folder / "predictions.parquet").read_bytes() for folder in folders)
    assert first == second


def test_leaderboard_columns(selected, evaluated):
    table, metric = pd.read_csv(evaluated[2] / "leaderboard.csv"), selected.problem.metric
    first = ["rank", "model", "status", f"{metric}_oof"]
    first += [f"{metric}_test", f"{metric}_test_low", f"{metric}_test_high"]
    assert list(table.columns[:7]) == first
    last = ["fit_seconds", "predict_ms", "size_bytes", "columns", "n_trials", "tied", "chosen", "reason"]
    assert list(table.columns[-8:]) == last
    used = table[(table["status"] == "ok") & (table["model"] != "baseline")]["columns"]
    assert set(used) == {len(selected.problem.features)}
    assert set(table["columns"].drop(used.index)) == {0}
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["chosen"].sum() == 1
    assert "Killed: out of memory." in table.set_index("model").loc["xgboost", "reason"]


def test_facts_for_kubeflow_are_finite_numbers(selected, evaluated):
    facts, _, _ = evaluated
    json.dumps(facts, allow_nan=False)
    assert all(isinstance(value, float) for value in facts["metrics"].values())
    assert (facts["roc"] is not None) == (selected.problem.task == "binary")
    if selected.problem.is_classification:
        assert np.sum(facts["confusion_matrix"]["matrix"]) == 120
    else:
        assert facts["confusion_matrix"] is None


def test_charts_use_out_of_fold_predictions_without_test_rows(selected, tmp_path):
    empty = pd.read_parquet(selected.folder / "test.parquet").iloc[:0]
    empty.to_parquet(tmp_path / "empty.parquet")
    facts, result = evaluate(selected, tmp_path / "evaluation", test=str(tmp_path / "empty.parquet"))
    assert facts["rows"] == result.rows == 0
    assert list(facts["metrics"]) == [f"{selected.problem.metric}_out_of_fold"]
    assert all(not model.test for model in result.models)
    assert result.charts
    assert result.over_baseline.low > 0
    assert any("no test rows" in note for note in result.notes)
    assert len(pd.read_parquet(tmp_path / "evaluation" / "predictions.parquet")) == 240
    table = pd.read_csv(tmp_path / "evaluation" / "leaderboard.csv")
    assert table[f"{selected.problem.metric}_test"].isna().all()


def test_model_that_cannot_predict_does_not_stop_the_evaluation(selected, tmp_path):
    selection = Selection.load(selected.folder / "model" / "selection.json")
    ensembles = ("weighted_ensemble", "stacked_ensemble", "layered_ensemble", selection.chosen)
    victim = next(c.name for c in selection.choices if c.score is not None and c.name not in ensembles)
    folder = CandidateFolder(selected.folder / "candidates" / victim)
    file = folder.model_file(folder.candidate.kept[0].number)
    hidden = file.rename(file.with_suffix(".hidden"))
    try:
        _, result = evaluate(selected, tmp_path)
    finally:
        hidden.rename(file)
    row = next(model for model in result.models if model.name == victim)
    assert row.status == "ok"
    assert not row.test
    assert "Not scored on the test set: ModelFileError" in row.reason
    assert chosen(result).test


def test_scores_use_sample_weights(selected_with_weights, tmp_path):
    _, result = evaluate(selected_with_weights, tmp_path)
    rows = pd.read_parquet(selected_with_weights.folder / "test.parquet")
    raw = Predictor.load(selected_with_weights.folder / "model" / "model.pkl").predict_raw(rows)
    truth = encode_target(rows["y"], selected_with_weights.problem)
    metric = resolve_metric("log_loss", "binary")
    value = chosen(result).test["log_loss"].value
    assert value == pytest.approx(metric.score(truth, raw, rows["importance"].to_numpy()))
    assert value != pytest.approx(metric.score(truth, raw))


def test_charts_use_sample_weights(selected_with_weights, tmp_path):
    _, result = evaluate(selected_with_weights, tmp_path)
    assert result.charts["confusion_matrix"]["weighted"]
    assert result.charts["roc"][0]["area"] == pytest.approx(chosen(result).test["roc_auc"].value)
    others = {row.name: row.test["roc_auc"].value for row in result.models if row.name in result.model_charts}
    assert others
    for name, area in others.items():
        assert result.model_charts[name]["roc"][0]["area"] == pytest.approx(area, abs=1e-3), name
    assert any("by their weights" in note for note in result.notes)


def test_rows_of_unknown_classes_are_skipped_with_a_note(selected_with_weights, tmp_path):
    rows = pd.read_parquet(selected_with_weights.folder / "test.parquet")
    rows.loc[[3, 5], "y"] = "perhaps"
    rows.to_parquet(tmp_path / "test.parquet")
    facts, result = evaluate(selected_with_weights, tmp_path, test=str(tmp_path / "test.parquet"))
    assert facts["rows"] == 118
    assert "2 test rows have classes that no training row has. They were left out." in result.notes
    positions = pd.read_parquet(tmp_path / "predictions.parquet")["row"]
    assert set(range(120)) - set(positions) == {3, 5}


def test_chosen_model_is_scored_after_the_time_limit(selected_with_weights, tmp_path, monkeypatch):
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 1000))
    began = time.time()
    facts, result = evaluate(selected_with_weights, tmp_path, time_limit="60s")
    assert time.time() - began < 20
    assert {"f1", "accuracy", "roc_auc"} <= set(chosen(result).test)
    assert chosen(result).test["f1"].low is None
    assert facts["confusion_matrix"]
    others = [model for model in result.models if model.status == "ok" and not model.chosen]
    baseline = next(model for model in others if model.name == "baseline")
    assert list(baseline.test) == ["f1"]
    others.remove(baseline)
    assert others
    assert all("too long" in model.reason for model in others)
