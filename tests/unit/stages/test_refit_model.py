"""Tests of the stage ``refit_model``, which trains the chosen model again on all rows."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Selection
from podium_ml.ensembling import describe
from podium_ml.refitting.handover import model_to_hand_over
from podium_ml.refitting.members import NotRefittedError
from podium_ml.run.budget import span
from podium_ml.stages import refit_model
from podium_ml.tabular.predictor import Predictor
from podium_ml.training.candidate_folder import CandidateFolder
from tests.unit.stages.conftest import METRICS, TrainedRun, make_rows

Trained = Callable[..., TrainedRun]


def refit(
    run: TrainedRun, folder: Path, *, chosen: str = "", seeds: dict[str, int] | None = None, **options: Any
) -> dict[str, Any]:
    """Select a model (the best one by default) and refit it."""
    run.select(folder / "model")
    if chosen:
        path = folder / "model" / "selection.json"
        replace(Selection.load(path), chosen=chosen, seeds_of=seeds or {}).save(path)
    arguments = {
        **run.paths("train", "test", "problem", "candidates"),
        "model": str(folder / "model"),
        "refitted": str(folder / "refitted"),
        "enabled": True,
        **options,
    }
    facts = refit_model.run(**arguments)
    assert json.loads((folder / "refitted" / "refit.json").read_text()) == facts
    return facts


def assert_kept(folder: Path) -> None:
    assert not (folder / "refitted" / "model.pkl").exists()
    assert model_to_hand_over(folder / "model", folder / "refitted") == folder / "model" / "model.pkl"


@pytest.mark.parametrize("task", METRICS)
@pytest.mark.parametrize(
    "chosen", ["", "decision_tree", "weighted_ensemble", "stacked_ensemble", "layered_ensemble"]
)
def test_refitted_model_is_trained_on_the_test_rows(
    trained: Trained, task: str, chosen: str, tmp_path: Path
) -> None:
    run = trained(task)
    if chosen.endswith("ensemble") and chosen not in [one.name for one in describe(run.ensembles)]:
        pytest.skip("One member is the best ensemble.")
    assert refit(run, tmp_path, chosen=chosen)["refitted"] is True
    before = Predictor.load(tmp_path / "model" / "model.pkl")
    assert model_to_hand_over(tmp_path / "model", tmp_path / "refitted").parent == tmp_path / "refitted"
    after = Predictor.load(tmp_path / "refitted" / "model.pkl")
    assert after.problem.n_train == 190
    assert after.threshold == before.threshold
    assert after.requirements == before.requirements
    rows = make_rows(task, rows=60, seed=9)
    assert not np.array_equal(after.predict_raw(rows), before.predict_raw(rows))
    if task == "regression":
        assert np.corrcoef(after.predict(rows), rows["target"])[0, 1] > 0.6
    else:
        assert (after.predict(rows) == rows["target"]).mean() > 0.5


def test_refitting_disabled(trained: Trained, tmp_path: Path) -> None:
    assert refit(trained("binary"), tmp_path, enabled=False) == {
        "refitted": False,
        "reason": "Refitting is off (`--no-refit`).",
    }
    assert_kept(tmp_path)


@pytest.mark.parametrize("unknown", [False, True])
def test_no_additional_rows(trained: Trained, tmp_path: Path, unknown: bool) -> None:
    rows = (
        make_rows("binary", rows=3).assign(target="perhaps")
        if unknown
        else make_rows("binary", rows=3).head(0)
    )
    rows.to_parquet(tmp_path / "test.parquet")
    facts = refit(trained("binary"), tmp_path, test=str(tmp_path / "test.parquet"))
    assert "no further rows" in facts["reason"]
    assert_kept(tmp_path)


def test_model_of_a_large_holdout_is_refitted_without_a_test(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has learned from the rows alone that were not held out."""
    monkeypatch.setattr("podium_ml.training.rows_of_model._MANY_ROWS", 100)
    make_rows("binary", rows=3).head(0).to_parquet(tmp_path / "test.parquet")
    run = trained("binary", fold_strategy="holdout", holdout_fraction=0.3)
    facts = refit(run, tmp_path, test=str(tmp_path / "test.parquet"))
    assert facts["refitted"] is True
    assert "test" not in facts["reason"]


def test_too_little_time(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_STARTED", str(time.time() - 1000))
    facts = refit(trained("binary"), tmp_path, time_limit="60s")
    assert "more than the time limit leaves" in facts["reason"]
    assert_kept(tmp_path)


def changed_candidates(run: TrainedRun, folder: Path, *, only: str = "", **changes: Any) -> list[str]:
    """Copy the candidates, change the facts about the kept trials of all or one, and return the paths."""
    paths = []
    for source in map(CandidateFolder, run.paths("candidates")["candidates"]):
        target = folder / source.path.name
        target.mkdir(parents=True)
        for path in source.path.iterdir():
            if path.name != "candidate.json":
                (target / path.name).symlink_to(path)
        changed = changes if source.path.name.startswith(only) else {}
        kept = tuple(replace(one, **changed) for one in source.candidate.kept)
        CandidateFolder(target).write(replace(source.candidate, kept=kept))
        paths.append(str(target))
    return paths


def test_time_of_a_member_that_stays_goes_to_seeds_of_others(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained("binary")
    slow = changed_candidates(run, tmp_path / "slow", only="decision_tree", fit_seconds=1e6)
    seeds = {"logistic_regression": 4}
    seen: dict[str, Any] = {}

    def refit_members(*given: Any, **options: Any) -> None:
        seen.update(options)
        raise NotRefittedError("Seen.")

    monkeypatch.setattr(refit_model, "refit_members", refit_members)
    monkeypatch.setenv("PODIUM_STARTED", str(time.time()))
    refit(run, tmp_path, chosen="stacked_ensemble", seeds=seeds, candidates=slow, time_limit="10m")
    assert seen["seeds"] == seeds
    assert seen["partly"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"score": 1.5, "fold_scores": ()}, "scored worse than before"),
        ({"parameters": {"max_depth": "deep"}}, "decision_tree failed"),
    ],
)
def test_bad_refit_keeps_the_model(
    trained: Trained, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    run = trained("binary")
    candidates = changed_candidates(run, tmp_path / "candidates", **changes)
    facts = refit(run, tmp_path, chosen="decision_tree", candidates=candidates)
    assert facts["refitted"] is False
    assert reason in facts["reason"]
    assert_kept(tmp_path)


def test_interrupted_refit_keeps_the_model(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained("binary")
    candidates = changed_candidates(run, tmp_path / "candidates", fit_seconds=1e-6)
    monkeypatch.setenv("PODIUM_STARTED", str(time.time() - span("refit_model", 60.0)[1] + 0.2))
    facts = refit(run, tmp_path, chosen="decision_tree", candidates=candidates, time_limit="60s")
    if not facts["refitted"]:  # a fast machine may finish in time
        assert "time limit leaves" in facts["reason"]
        assert_kept(tmp_path)


def test_class_labels_keep_their_type(trained: Trained, tmp_path: Path) -> None:
    rows = make_rows("multiclass", rows=10, seed=4).assign(noise=1)
    rows.to_parquet(tmp_path / "test.parquet")
    facts = refit(trained("multiclass"), tmp_path, test=str(tmp_path / "test.parquet"))
    assert facts["refitted"]
    after = Predictor.load(tmp_path / "refitted" / "model.pkl")
    assert pd.api.types.is_integer_dtype(after.predict(rows).dtype)
