"""The stage that chooses the model, without access to the test rows."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem, Selection
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import ENSEMBLES
from podium_ml.errors import TrainingError
from podium_ml.files import pickles
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.run.budget import stage_deadline
from podium_ml.selection.assembly import corrections_of, kept_rows, make_predictor, sample_rows
from podium_ml.selection.choose import Choice, Measured, choose_model
from podium_ml.selection.comparison import Comparison, compare
from podium_ml.selection.corrections import save_corrections
from podium_ml.selection.latency import measure_latency
from podium_ml.selection.limits import Limits
from podium_ml.selection.model_store import ModelStore
from podium_ml.settings import ModelLimits
from podium_ml.targets import Corrections
from podium_ml.training.choice import BASELINE
from podium_ml.training.shards import joined_folders

_EXAMPLE_ROWS = 5
# Share of the stage's time to look for models that are as good as the best one.
_COMPARING_SHARE = 0.4


def run(
    *,
    features: str,
    train: str,
    problem: str,
    featurizer: str,
    candidates: list[str],
    limits: dict[str, Any],
    model: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Choose by out-of-fold score within the limits. Calibrate and tune the threshold where this helps.

    Args:
        features: Folder of the feature table, of which only the targets are read.
        train: Parquet file of the raw training rows.
        problem: File of the problem.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        limits: The ``ModelLimits``.
        model: Folder to write: ``model.pkl``, ``corrections.pkl``, ``selection.json`` and ``example.parquet``;
            contains ``ensembles``.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``chosen``, ``score`` and ``reason``.

    Raises:
        TrainingError: No model meets the limits, or there is no model.
    """
    task = Problem.load(problem)
    deadline = stage_deadline("select_model", time_limit, rows=task.n_train)
    algorithms = KINDS[task.kind].algorithms
    store = ModelStore(joined_folders(candidates, model), Path(model) / ENSEMBLES, algorithms=algorithms)
    if not store.contenders:
        raise TrainingError("There is no model to choose: every algorithm failed.")
    sample, shared = sample_rows(train, task), pickles.load(featurizer, kind="featurizer")
    targets, within = Targets.load(features), Limits.of(ModelLimits.read(limits))
    oof = {one.name: store.oof(one) for one in store.contenders}
    comparison = compare(oof, targets, problem=task, deadline=deadline.share(_COMPARING_SHARE))
    choice = choose_model(
        [replace(one, score=comparison.score(one.name)) for one in store.contenders],
        within,
        metric=problem_metric(task),
        measure=lambda one: _measure(store.model(one), shared, task, sample),
        near=[name for name in comparison.near if name != BASELINE],
        tied=comparison.tied,
    )
    winner = choice.winner
    corrections = corrections_of(oof[winner.name], targets, task)
    kept = kept_rows(sample, task)
    predictor = make_predictor(
        winner, store, problem=task, featurizer=shared, corrections=corrections, sample=kept
    )
    predictor.save(Path(model) / "model.pkl")
    save_corrections({**comparison.corrections, winner.name: corrections}, model)
    _example(predictor, kept).to_parquet(Path(model) / "example.parquet", index=False)
    seeds = choice.affordable_seeds(within, algorithms)
    selection = _selection(choice, store, corrections, comparison, seeds=seeds)
    selection.save(Path(model) / "selection.json")
    return {"chosen": selection.chosen, "score": selection.score, "reason": selection.reason}


def _example(predictor: Any, kept: pd.DataFrame) -> pd.DataFrame:
    """Return a few rows to predict: those of the training data, or of the future if the model forecasts."""
    make = getattr(predictor, "example_rows", None)
    return kept.head(_EXAMPLE_ROWS) if make is None else make(_EXAMPLE_ROWS)


def _measure(model: Any, featurizer: Any, problem: Problem, rows: pd.DataFrame) -> Measured:
    seconds = measure_latency(problem, featurizer, model, rows=rows)
    return Measured(seconds, len(pickle.dumps((featurizer, model))))


def _selection(
    choice: Choice,
    store: ModelStore,
    corrections: Corrections,
    comparison: Comparison,
    *,
    seeds: dict[str, int],
) -> Selection:
    thresholds = {name: one.threshold for name, one in comparison.corrections.items()}
    thresholds[choice.winner.name] = corrections.threshold
    return Selection(
        chosen=choice.winner.name,
        reason=choice.reason,
        choices=(*(replace(one, threshold=thresholds[one.name]) for one in choice.choices), *store.failed),
        threshold=corrections.threshold,
        calibrated=corrections.calibrated,
        calibration_gain=corrections.calibration_gain,
        score=corrections.score,
        seeds_of=seeds,
        tied=comparison.tied if len(comparison.tied) > 1 else (),
    )
