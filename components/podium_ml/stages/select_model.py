"""The stage that chooses the model; it is given no test rows."""

from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem, Selection
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.errors import TrainingError
from podium_ml.files import pickles
from podium_ml.files.requirements import requirements_of
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import stage_deadline
from podium_ml.selection.choose import Choice, choose
from podium_ml.selection.corrections import Corrections, find_corrections
from podium_ml.selection.latency import measure_latency
from podium_ml.selection.limits import Limits
from podium_ml.selection.model_store import Contender, ModelStore
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.predictor import Predictor

_SAMPLE_ROWS = 100
_EXAMPLE_ROWS = 5
# Of the stage's time, what measuring latencies may take: the winner's corrections and file need the rest.
_MEASURING_SHARE = 0.4


def run(
    *,
    features: str,
    train: str,
    problem: str,
    featurizer: str,
    candidates: list[str],
    ensemble: str,
    constraints: dict[str, Any],
    model: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Choose by out-of-fold score within the limits; calibrate and tune the threshold where that helps.

    Args:
        features: Folder of the feature table.
        train: Parquet file of the raw training rows.
        problem: File of the problem.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.
        constraints: ``max_latency``, ``max_memory`` and ``interpretable``.
        model: Folder to write: ``model.pkl``, ``selection.json`` and ``example.parquet``.
        time_limit: Wall-clock limit of the whole run; when it is near, latency is not measured for its own sake.

    Returns:
        ``chosen``, ``score`` and ``reason``.

    Raises:
        TrainingError: No model keeps within the limits, or there is none.
    """
    deadline = stage_deadline("select_model", time_limit)
    task, store = Problem.load(problem), ModelStore(candidates, ensemble)
    if not store.contenders:
        raise TrainingError("There is no model to choose: every algorithm failed.")
    sample, shared = _sample(train, task), pickles.load(featurizer, kind="featurizer")
    choice = choose(
        store.contenders,
        Limits.parse(constraints),
        metric=resolve_metric(task.metric, task.task),
        latency=lambda one: measure_latency(task, shared, store.model(one), rows=sample),
        deadline=deadline.share(_MEASURING_SHARE),
    )
    winner = choice.winner
    corrections = find_corrections(store.oof(winner), FeatureTable.load(features), problem=task)
    fitted = store.model(winner)
    predictor = Predictor(
        task,
        shared,
        fitted,
        name=winner.name,
        calibrator=corrections.calibrator,
        threshold=corrections.threshold,
        sample=sample,
        requirements=requirements_of((shared, fitted), modules=_modules(winner)),
    )
    predictor.save(Path(model) / "model.pkl")
    sample.head(_EXAMPLE_ROWS).to_parquet(Path(model) / "example.parquet", index=False)
    selection = _selection(choice, store, corrections)
    selection.save(Path(model) / "selection.json")
    return {"chosen": selection.chosen, "score": selection.score, "reason": selection.reason}


def _sample(train: str, problem: Problem) -> pd.DataFrame:
    rows = pd.read_parquet(train, columns=[column.name for column in problem.features])
    return rows.sample(n=min(_SAMPLE_ROWS, len(rows)), random_state=problem.seed).reset_index(drop=True)


def _modules(winner: Contender) -> set[str]:
    return {module for algorithm, _ in winner.members for module in ALGORITHMS[algorithm].requires}


def _selection(choice: Choice, store: ModelStore, corrections: Corrections) -> Selection:
    return Selection(
        chosen=choice.winner.name,
        reason=choice.reason,
        choices=(*choice.choices, *store.failed),
        threshold=corrections.threshold,
        calibrated=corrections.calibrated,
        calibration_gain=corrections.calibration_gain,
        score=corrections.score,
    )
