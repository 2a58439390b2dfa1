"""The stage that scores every model on the rows that were set aside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml import pickles
from podium_ml.budget import stage_deadline
from podium_ml.contracts import Evaluation, Problem, Selection
from podium_ml.ensembling import load as load_ensembles
from podium_ml.ensembling import load_oof
from podium_ml.evaluation.decisions import predicted_labels
from podium_ml.evaluation.charts import kubeflow_roc
from podium_ml.evaluation.evaluate import Answers, Predict, evaluate
from podium_ml.evaluation.leaderboard import write_leaderboard
from podium_ml.featurization import build_feature_table
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.models import BaggedModel
from podium_ml.predictor import Predictor
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.validation.targets import decode_target, encode_target


def run(
    *,
    test: str,
    features: str,
    problem: str,
    featurizer: str,
    candidates: list[str],
    ensemble: str,
    model: str,
    evaluation: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Evaluate every candidate's best trial, the ensembles and the chosen model.

    Args:
        test: Parquet file of the test rows; without rows, charts are of out-of-fold predictions.
        features: Folder of the feature table of the training rows.
        problem: File of the problem.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.
        model: Folder of the chosen model.
        evaluation: Folder to write: ``evaluation.json``, ``leaderboard.csv`` and ``predictions.parquet``.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``rows``, the chosen model's ``metrics``, its ``confusion_matrix`` and ``roc`` for the Kubeflow UI.
    """
    task, selection = Problem.load(problem), Selection.load(Path(model) / "selection.json")
    predictor = Predictor.load(Path(model) / "model.pkl")
    folders = {(one := CandidateFolder(path)).candidate.algorithm: one for path in candidates}
    rows = _known_rows(pd.read_parquet(test), task)
    predictions: dict[str, Predict]
    if len(rows):
        table = build_feature_table(pickles.load(featurizer, kind="featurizer"), rows, task)
        answers = Answers(table.y, table.weight, held_out=True)
        predictions = _on_test(table.X, folders, load_ensembles(ensemble, candidates))
        predictions[selection.chosen] = lambda: predictor.predict_raw(rows)
    else:
        answers, predictions = _out_of_fold(
            FeatureTable.load(features), selection, folders, ensemble, predictor
        )
    result, raw = evaluate(
        task,
        selection,
        answers,
        predictions,
        trials={name: folder.candidate.n_trials for name, folder in folders.items()},
        deadline=stage_deadline("evaluate_models", time_limit),
    )
    folder = Path(evaluation)
    folder.mkdir(parents=True, exist_ok=True)
    result.save(folder / "evaluation.json")
    write_leaderboard(result, folder / "leaderboard.csv")
    _write_predictions(task, answers.y, raw, selection.threshold, folder / "predictions.parquet")
    return _report(task, result, answers.y, raw)


def _known_rows(rows: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the rows whose class the models can know."""
    if not problem.is_classification or not len(rows):
        return rows
    return rows[encode_target(rows[problem.target], problem) >= 0].reset_index(drop=True)


def _on_test(
    X: pd.DataFrame, folders: dict[str, CandidateFolder], ensembles: dict[str, Any]
) -> dict[str, Predict]:
    """Return what predicts the test rows, each base model once for itself and all ensembles that have it."""
    known: dict[tuple[str, str], np.ndarray] = {}

    def remember(model: BaggedModel) -> np.ndarray:
        key = (model.algorithm, repr(sorted(model.parameters.items())))
        if key not in known:
            known[key] = model.predict_raw(X)
        return known[key]

    def single(folder: CandidateFolder) -> Predict:
        return lambda: remember(folder.load_model(folder.candidate.kept[0].number))

    def combined(ensemble: Any) -> Predict:
        return lambda: ensemble.combine([remember(member) for member in ensemble.members])

    singles = {name: single(folder) for name, folder in folders.items() if folder.candidate.kept}
    return {**singles, **{name: combined(one) for name, one in ensembles.items()}}


def _out_of_fold(
    table: FeatureTable,
    selection: Selection,
    folders: dict[str, CandidateFolder],
    ensemble: str,
    predictor: Predictor,
) -> tuple[Answers, dict[str, Predict]]:
    """Return the training rows and the chosen model's out-of-fold predictions of them."""
    chosen = selection.chosen
    if chosen in folders:
        raw = folders[chosen].load_oof(folders[chosen].candidate.kept[0].number)
    else:
        raw = load_oof(ensemble, chosen)
    known = ~np.isnan(raw if raw.ndim == 1 else raw[:, 0])
    raw = raw[known] if predictor.calibrator is None else predictor.calibrator.calibrate(raw[known])
    weight = None if table.weight is None else table.weight[known]
    predict: Callable[[], np.ndarray] = lambda: raw  # noqa: E731
    return Answers(table.y[known], weight, held_out=False), {chosen: predict}


def _write_predictions(
    problem: Problem, y: np.ndarray, raw: np.ndarray, threshold: float | None, path: Path
) -> None:
    if problem.is_classification:
        labels = decode_target(predicted_labels(raw, threshold), problem)
        table = pd.DataFrame({"truth": decode_target(y, problem), "prediction": labels})
        for code, label in enumerate(problem.classes):
            table[f"probability_{label}"] = raw[:, code]
    else:
        table = pd.DataFrame({"truth": y, "prediction": raw})
    table.to_parquet(path, index=False)


def _report(problem: Problem, result: Evaluation, y: np.ndarray, raw: np.ndarray) -> dict[str, Any]:
    chosen = next(model for model in result.models if model.chosen)
    metrics = {name: value.value for name, value in chosen.test.items() if value.value is not None}
    if chosen.oof_score is not None:
        metrics[f"{problem.metric}_out_of_fold"] = chosen.oof_score
    return {
        "rows": result.rows,
        "metrics": metrics,
        "confusion_matrix": result.charts.get("confusion_matrix"),
        "roc": kubeflow_roc(y, raw) if problem.is_classification else None,
    }
