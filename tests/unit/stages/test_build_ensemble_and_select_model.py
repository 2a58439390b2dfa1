"""Tests of the stages ``build_ensemble`` and ``select_model``, on trained candidates."""

import inspect
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Selection
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling import ENSEMBLES, describe, load, load_oof
from podium_ml.errors import TrainingError
from podium_ml.metrics import resolve_metric
from podium_ml.stages import build_ensemble, select_model
from podium_ml.tabular.predictor import Predictor
from podium_ml.training.candidate_folder import mark_failed
from tests.unit.stages.conftest import METRICS, TrainedRun, limits, make_rows

Trained = Callable[..., TrainedRun]
TASKS = tuple(METRICS)


@pytest.mark.parametrize("task", TASKS)
def test_ensemble_scores_match_saved_predictions(trained: Trained, task: str) -> None:
    run = trained(task)
    table, metric = FeatureTable.load(run.folder / "features"), resolve_metric(METRICS[task], task)
    ensembles = describe(run.ensembles)
    assert "stacked_ensemble" in [one.name for one in ensembles]
    assert all(len(one.members) > 1 for one in ensembles if one.name == "weighted_ensemble")
    for one in ensembles:
        oof = load_oof(run.ensembles, one.name)
        assert metric.score(table.y[oof.rows], oof.values) == pytest.approx(one.score)
        assert sum(member.weight for member in one.members) == pytest.approx(1)


@pytest.mark.parametrize("task", TASKS)
def test_ensembles_combine_member_predictions(trained: Trained, task: str) -> None:
    run = trained(task)
    models = load(run.ensembles, run.paths("candidates")["candidates"])
    X = FeatureTable.load(run.folder / "features").X.head(20)
    for model in models.values():
        raw = model.predict_raw(X)
        assert np.array_equal(raw, model.combine([member.predict_raw(X) for member in model.members], X))
        assert np.isfinite(raw).all()


@pytest.mark.parametrize("task", TASKS)
def test_ensembles_exclude_the_baseline(trained: Trained, task: str) -> None:
    run = trained(task)
    for ensemble in describe(run.ensembles):
        assert "baseline" not in {member.algorithm for member in ensemble.members}


def test_rows_without_predictions_are_ignored(trained: Trained, tmp_path: Path) -> None:
    run = trained("regression", fold_strategy="holdout", holdout_fraction=0.3)
    oof = load_oof(run.ensembles, "weighted_ensemble")
    assert oof.total - len(oof.rows) == 105
    assert run.select(tmp_path)["score"] < 12


@pytest.mark.parametrize("task", TASKS)
def test_best_model_is_chosen_and_predicts(trained: Trained, task: str, tmp_path: Path) -> None:
    run = trained(task)
    facts = run.select(tmp_path)
    selection = Selection.load(tmp_path / "selection.json")
    metric = resolve_metric(METRICS[task], task)
    scores = [one.score for one in selection.choices if one.score is not None]
    utilities = [metric.utility(score) for score in scores]
    assert utilities == sorted(utilities, reverse=True)
    chosen = next(one for one in selection.choices if one.name == selection.chosen)
    assert facts["chosen"] == chosen.name != "baseline"
    assert chosen is selection.choices[0] or chosen.name in selection.tied
    assert selection.choices[-1].name == "lightgbm"
    assert not selection.choices[-1].eligible
    assert all(one.predict_milliseconds > 0 for one in selection.choices[:-1])
    assert metric.title in selection.reason
    predictor = Predictor.load(tmp_path / "model.pkl")
    test = pd.read_parquet(run.folder / "test.parquet")
    assert predictor.predict(test).shape == (len(test),)
    assert len(predictor.sample) == 100
    assert "target" not in predictor.sample
    assert not any(one.startswith(("lightgbm", "kfp", "optuna")) for one in predictor.requirements)


def test_stages_cannot_access_test_rows() -> None:
    for stage in (select_model, build_ensemble):
        assert "test" not in inspect.signature(stage.run).parameters


def test_only_interpretable_models_are_eligible_on_request(trained: Trained, tmp_path: Path) -> None:
    trained("binary").select(tmp_path, interpretable=True)
    selection = Selection.load(tmp_path / "selection.json")
    chosen = next(one for one in selection.choices if one.name == selection.chosen)
    assert chosen.interpretable
    assert all(one.eligible == one.interpretable for one in selection.choices if one.score is not None)


def test_limits_that_no_model_meets(trained: Trained, tmp_path: Path) -> None:
    run = trained("binary")
    with pytest.raises(TrainingError, match="No model meets the limits") as caught:
        run.select(tmp_path, max_latency="0.01ms")
    assert "decision_tree: Takes " in caught.value.message
    assert "max_latency" in caught.value.hint
    with pytest.raises(TrainingError) as caught:
        run.select(tmp_path, max_memory="100")
    assert "max_memory" in caught.value.hint


def test_limit_that_the_best_model_exceeds(trained: Trained, tmp_path: Path) -> None:
    run = trained("binary")
    run.select(tmp_path)
    choices = Selection.load(tmp_path / "selection.json").choices
    smallest = min((one for one in choices if one.score is not None), key=lambda one: one.size_bytes)
    run.select(tmp_path, max_memory=str(smallest.size_bytes))
    selection = Selection.load(tmp_path / "selection.json")
    assert selection.chosen == smallest.name
    assert "score better, but break a limit" in selection.reason


def test_latency_limit_that_all_models_meet(trained: Trained, tmp_path: Path) -> None:
    assert trained("binary").select(tmp_path, max_latency="10s")["chosen"] != "baseline"


@pytest.mark.parametrize("metric", ["f1", "balanced_accuracy", "mcc", "log_loss", "accuracy"])
def test_predictor_applies_the_selected_threshold_and_calibration(
    trained: Trained, with_metric: Callable[[TrainedRun, str], TrainedRun], metric: str, tmp_path: Path
) -> None:
    run = with_metric(trained("binary"), metric)
    run.build(tmp_path / "model")
    run.select(tmp_path / "model")
    selection = Selection.load(tmp_path / "model" / "selection.json")
    predictor = Predictor.load(tmp_path / "model" / "model.pkl")
    assert predictor.threshold == selection.threshold
    assert (predictor.calibrator is not None) == bool(selection.calibrated)
    rows = make_rows("binary", rows=100, seed=5)
    positive = predictor.predict_proba(rows)[:, 1] >= (selection.threshold or 0.5)
    assert ((predictor.predict(rows) == "yes") == positive).all()


def test_ensembles_after_the_deadline(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_STARTED", str(time.time() - 1000))
    run = trained("binary")
    late = run.build(tmp_path / "late", time_limit="60s")
    assert late == {}  # There was time for the first member alone, which is on the leaderboard already.


def test_single_candidate_gives_no_ensemble(trained: Trained, tmp_path: Path) -> None:
    run = trained("binary")
    paths = run.paths("features", "problem")
    only = [str(run.folder / "candidates" / "baseline")]
    assert build_ensemble.run(**paths, candidates=only, limits=limits(), model=str(tmp_path / "m")) == {}
    assert load(tmp_path / "m" / ENSEMBLES, only) == {}
    facts = select_model.run(
        **run.paths("features", "problem", "featurizer", "train"),
        candidates=only,
        limits=limits(),
        model=str(tmp_path / "m"),
    )
    assert facts["chosen"] == "baseline"


def test_baseline_is_chosen_only_when_nothing_beats_it(trained: Trained, tmp_path: Path) -> None:
    run = trained("binary")
    names = ("baseline", "decision_tree")
    for name in names:
        shutil.copytree(run.folder / "candidates" / name, tmp_path / name)
        for path in (tmp_path / name / "oof").iterdir():
            OutOfFold.of(np.full((150, 2), 0.5)).save(path)
    facts = select_model.run(
        **run.paths("features", "problem", "featurizer", "train"),
        candidates=[str(tmp_path / name) for name in names],
        limits=limits(),
        model=str(tmp_path / "m"),
    )
    assert facts["chosen"] == "baseline"
    assert "no model beats guessing" in facts["reason"]


def test_error_if_all_candidates_failed(trained: Trained, tmp_path: Path) -> None:
    run = trained("binary")
    mark_failed(tmp_path / "a", "lightgbm", "Killed.")
    with pytest.raises(TrainingError, match=r"Every algorithm failed\. lightgbm: Killed"):
        build_ensemble.run(
            **run.paths("features", "problem"),
            candidates=[str(tmp_path / "a")],
            limits=limits(),
            model=str(tmp_path / "m"),
        )
    with pytest.raises(TrainingError, match="every algorithm failed"):
        select_model.run(
            **run.paths("features", "problem", "featurizer", "train"),
            candidates=[str(tmp_path / "a")],
            limits=limits(),
            model=str(tmp_path / "m"),
        )


def test_selection_is_reproducible(trained: Trained, tmp_path: Path) -> None:
    run = trained("multiclass")
    rows = make_rows("multiclass", rows=50, seed=3)
    found = []
    for turn in range(2):
        run.select(tmp_path / str(turn))
        found.append(Predictor.load(tmp_path / str(turn) / "model.pkl").predict_raw(rows))
    assert np.array_equal(*found)
