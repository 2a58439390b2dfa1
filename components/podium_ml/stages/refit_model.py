"""The stage that trains the chosen recipe again on all rows."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.algorithms import ALGORITHMS
from podium_ml.budget import stage_deadline
from podium_ml.contracts import Ensemble, FittedTrial, Problem, Selection
from podium_ml.ensembling._folder import assemble
from podium_ml.featurization import build_feature_table
from podium_ml.metrics import resolve_metric
from podium_ml.models import BaggedModel
from podium_ml.predictor import Predictor
from podium_ml.stages.plan_training import threads
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.fit import fit_bag
from podium_ml.validation.folds import make_folds
from podium_ml.validation.targets import encode_target

# Fitting again may take this much longer than it did.
_SAFETY = 1.3
# A refitted member that scores worse than this share of the way to its old score is not trusted.
_WORST = 0.15

Key = tuple[str, int]


def run(
    *,
    model: str,
    train: str,
    test: str,
    problem: str,
    candidates: list[str],
    ensemble: str,
    refitted: str,
    enabled: bool,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Refit the chosen model on training and test rows, where that is asked for and time allows.

    Its members, parameters, weights, calibration and threshold stay as they were chosen.

    Args:
        model: Folder of the chosen model.
        train: Parquet file of the training rows.
        test: Parquet file of the test rows.
        problem: File of the problem.
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.
        refitted: Folder to write; its ``model.pkl`` is the chosen model if there is no refitted one.
        enabled: Whether the user wants it.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``refitted`` and the ``reason``.
    """
    reason = _refit(model, train, test, problem, candidates, ensemble, refitted, enabled, time_limit)
    if reason:
        Path(refitted).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(model) / "model.pkl", Path(refitted) / "model.pkl")
    facts = {"refitted": not reason, "reason": reason or "Trained again on all rows, the test rows included."}
    (Path(refitted) / "refit.json").write_text(json.dumps(facts), encoding="utf-8")
    return facts


def _refit(
    model: str,
    train: str,
    test: str,
    problem: str,
    candidates: list[str],
    ensemble: str,
    refitted: str,
    enabled: bool,
    time_limit: str | float,
) -> str:
    """Write the refitted model, or return why there is none."""
    if not enabled:
        return "Not asked for."
    task, new_rows = Problem.load(problem), pd.read_parquet(test)
    chosen = Selection.load(Path(model) / "selection.json").chosen
    new_rows = (
        new_rows[encode_target(new_rows[task.target], task) >= 0] if task.is_classification else new_rows
    )
    if not len(new_rows):
        return "There are no rows beside those that it was trained on."
    recipe = _recipe(chosen, candidates, ensemble)
    deadline = stage_deadline("refit_model", time_limit)
    rows = pd.concat([pd.read_parquet(train), new_rows], ignore_index=True)
    needed = _SAFETY * sum(trial.fit_seconds for trial in recipe.values()) * len(rows) / max(1, task.n_train)
    if needed > deadline.remaining():
        return f"It would take about {needed:.0f} s, more than the time limit leaves."
    predictor = Predictor.load(Path(model) / "model.pkl")
    whole = replace(task, n_train=len(rows), n_test=0)
    table = build_feature_table(predictor.featurizer, rows, whole)
    folds = make_folds(whole, y=table.y, group=table.group, time=table.time)
    metric = resolve_metric(task.metric, task.task)
    models: dict[Key, BaggedModel] = {}
    for (algorithm, number), trial in recipe.items():
        bag = fit_bag(
            ALGORITHMS[algorithm],
            trial.parameters,
            table,
            problem=whole,
            folds=folds,
            seed=task.seed,
            n_jobs=threads(),
            deadline=deadline,
        )
        if metric.utility(bag.score) < metric.utility(trial.score) - _WORST * abs(trial.score):
            return f"{algorithm} came out worse than before, so the chosen model is kept."
        models[algorithm, number] = bag.model
    predictor.model = _put_together(chosen, models, ensemble)
    predictor.save(Path(refitted) / "model.pkl")
    return ""


def _recipe(chosen: str, candidates: list[str], ensemble: str) -> dict[Key, FittedTrial]:
    """Return the trials that the chosen model is made of."""
    kept = {
        (one.algorithm, trial.number): (trial, trial is one.kept[0])
        for one in (CandidateFolder(path).candidate for path in candidates)
        for trial in one.kept
    }
    file = Path(ensemble) / f"{chosen}.json"
    if not file.exists():
        return {key: trial for key, (trial, best) in kept.items() if key[0] == chosen and best}
    keys = [(member.algorithm, member.trial) for member in Ensemble.load(file).members]
    return {key: kept[key][0] for key in keys}


def _put_together(chosen: str, models: dict[Key, BaggedModel], ensemble: str) -> Any:
    file = Path(ensemble) / f"{chosen}.json"
    if not file.exists():
        return next(iter(models.values()))
    return assemble(ensemble, Ensemble.load(file), models)
