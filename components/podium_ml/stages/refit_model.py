"""The stage that trains the chosen recipe again on all rows."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from podium_ml.contracts import Problem, Selection
from podium_ml.refitting.handover import keep_chosen, tell
from podium_ml.refitting.members import NotRefittedError, expected_seconds, refit_members
from podium_ml.run.budget import stage_deadline
from podium_ml.run.concurrency import threads
from podium_ml.selection.model_store import ModelStore
from podium_ml.tabular.features import build_feature_table
from podium_ml.tabular.predictor import Predictor
from podium_ml.targets.encoding import encode_target

_DONE = "Trained again on all rows, the test rows included."
_CUT_SHORT = "Training it again was cut short."


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
) -> dict[str, bool | str]:
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
    chosen, folder = Path(model), Path(refitted)
    if not enabled:
        return keep_chosen(chosen, folder, reason="Not asked for.")
    # First, so that there is a model whatever happens to this process.
    keep_chosen(chosen, folder, reason=_CUT_SHORT)
    try:
        store = ModelStore(candidates, ensemble)
        predictor = _refit(chosen, store, Problem.load(problem), train=train, test=test, limit=time_limit)
    except (NotRefittedError, MemoryError) as reason:
        return tell(folder, refitted=False, reason=str(reason) or "It ran out of memory.")
    predictor.save(folder / "model.pkl")
    return tell(folder, refitted=True, reason=_DONE)


def _refit(
    model: Path, store: ModelStore, problem: Problem, *, train: str, test: str, limit: str | float
) -> Predictor:
    deadline = stage_deadline("refit_model", limit)
    chosen = store.contender(Selection.load(model / "selection.json").chosen)
    added = _known_rows(pd.read_parquet(test), problem)
    if not len(added):
        raise NotRefittedError("There are no rows beside those that it was trained on.")
    rows = pd.concat([pd.read_parquet(train), added], ignore_index=True)
    seconds = expected_seconds(chosen, rows=len(rows), before=problem.n_train)
    if seconds > deadline.remaining():
        raise NotRefittedError(f"It would take about {seconds:.0f} s, more than the time limit leaves.")
    predictor = Predictor.load(model / "model.pkl")
    predictor.problem = replace(problem, n_train=len(rows), n_test=0)
    table = build_feature_table(predictor.featurizer, rows, predictor.problem)
    models = refit_members(chosen, table, problem=predictor.problem, n_jobs=threads(), deadline=deadline)
    predictor.model = store.put_together(chosen, models)
    return predictor


def _known_rows(rows: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the rows whose class was known in training."""
    if not problem.is_classification or not len(rows):
        return rows
    return rows[encode_target(rows[problem.target], problem) >= 0]
