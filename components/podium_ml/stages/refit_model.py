"""The stage that refits the chosen model on all rows."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem, Selection
from podium_ml.ensembling import ENSEMBLES
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS, Predictor, load_predictor
from podium_ml.kinds.features import build_feature_table
from podium_ml.refitting.handover import FOLLOWED, record_refit
from podium_ml.refitting.members import NotRefittedError, expected_seconds, members_in_time, refit_members
from podium_ml.refitting.reweighing import reweigh
from podium_ml.run.budget import stage_deadline
from podium_ml.run.concurrency import threads
from podium_ml.selection.model_store import ModelStore
from podium_ml.targets import target_of
from podium_ml.training.rows_of_model import keeps_holdout
from podium_ml.training.shards import joined_folders
from podium_ml.weights import giving

# Learning weights anew may take this share of the time.
_WEIGHING_SHARE = 0.3
# Members become means of models with other seeds only if this many times the expected time is left.
_TIMES_FOR_SEEDS = 2


def run(
    *,
    model: str,
    train: str,
    test: str,
    problem: str,
    candidates: list[str],
    refitted: str,
    enabled: bool,
    time_limit: str | float = "",
    weights: str = "",
) -> dict[str, bool | str]:
    """Refit the chosen model on the training and test rows, if the user wants this and time allows.

    The members, parameters, weights, calibration and threshold stay as they were chosen, and so does a member for whose
    refit there is no time. Where the newest rows tell most about those to come, weights and calibration are learned
    anew; see ``reweigh``.

    Args:
        model: Folder of the chosen model, with the ensembles.
        train: Parquet file of the training rows.
        test: Parquet file of the test rows.
        problem: File of the problem.
        candidates: Folders of the candidates.
        refitted: Folder to write: ``refit.json``, and ``model.pkl`` if the model was refitted.
        enabled: Whether the user wants the refit.
        time_limit: Wall-clock limit of the whole run.
        weights: Folder of pretrained weights; empty for none.

    Returns:
        ``refitted`` and the ``reason``.
    """
    chosen, folder = Path(model), Path(refitted)
    _follow(chosen, folder, Problem.load(problem), test=test)
    if not enabled:
        return record_refit(folder, refitted=False, reason="Refitting is off (`--no-refit`).")
    try:
        task = Problem.load(problem)
        folders, known = joined_folders(candidates, chosen), KINDS[task.kind].algorithms
        store = ModelStore(folders, chosen / ENSEMBLES, algorithms=known)
        with giving(weights):
            predictor, remarks, reweighed = _refit(
                chosen, store, task, folders, train=train, test=test, limit=time_limit
            )
    except (NotRefittedError, MemoryError) as reason:
        return record_refit(folder, refitted=False, reason=str(reason) or "It ran out of memory.")
    predictor.save(folder / "model.pkl")
    done = _describe(predictor, task, reweighed=reweighed)
    return record_refit(folder, refitted=True, reason=" ".join([done, *remarks]))


def _follow(model: Path, folder: Path, problem: Problem, *, test: str) -> None:
    """Keep a copy of a model that can go on from the test rows without a refit, in case there will be none."""
    if problem.series is None:
        return
    rows = _known_rows(pd.read_parquet(test), problem)
    if len(rows):
        predictor: Any = load_predictor(model / "model.pkl")
        folder.mkdir(parents=True, exist_ok=True)
        predictor.follow(rows).save(folder / FOLLOWED)


def _refit(
    model: Path,
    store: ModelStore,
    problem: Problem,
    candidates: list[str],
    *,
    train: str,
    test: str,
    limit: str | float,
) -> tuple[Predictor, list[str], bool]:
    """Return the refitted predictor, remarks about what was not refitted, and whether its weights are others."""
    deadline = stage_deadline("refit_model", limit, rows=problem.n_train)
    selection = Selection.load(model / "selection.json")
    chosen = store.contender(selection.chosen)
    added = _known_rows(pd.read_parquet(test), problem)
    if not len(added) and not keeps_holdout(problem):
        raise NotRefittedError("There are no further rows to train on.")
    rows = pd.concat([read_table(train), added], ignore_index=True)
    # Where a model must know the newest rows to go on from them, all members learn from these, or none does.
    partly = problem.series is None
    takes = partial(expected_seconds, rows=len(rows), before=problem.n_train)
    in_time = members_in_time(chosen, seconds=deadline.remaining(), rows=len(rows), before=problem.n_train)
    if len(in_time) < (1 if partly else len(chosen.members)):
        needed = takes(chosen.members.values())
        raise NotRefittedError(f"The refit would take about {needed:.0f} s, more than the time limit leaves.")
    seconds = takes(chosen.members[key] for key in in_time)
    predictor = load_predictor(model / "model.pkl")
    predictor.problem = replace(problem, n_train=len(rows), n_test=0)
    table = build_feature_table(predictor.featurizer, rows, predictor.problem)
    reweighed = reweigh(
        chosen,
        candidates,
        table=table,
        test=build_feature_table(predictor.featurizer, added, predictor.problem),
        problem=problem,
        deadline=deadline.share(_WEIGHING_SHARE),
    )
    chosen = chosen if reweighed is None else reweighed.mixture
    seeds = selection.seeds_of if _TIMES_FOR_SEEDS * seconds <= deadline.remaining() else {}
    refit = refit_members(
        chosen,
        table,
        problem=predictor.problem,
        before=problem.n_train,
        n_jobs=threads(),
        deadline=deadline,
        seeds=seeds,
        partly=partly,
    )
    if reweighed is None:
        predictor.model = store.put_together(chosen, refit.models)
    else:
        predictor.model, predictor.calibrator = (
            reweighed.put_together(store, refit.models),
            reweighed.corrections.calibrator,
        )
    return predictor, refit.remarks(), reweighed is not None


def _describe(predictor: Predictor, problem: Problem, *, reweighed: bool) -> str:
    """Return what the refit covered, in words for the user."""
    rows = f"all {predictor.problem.n_train:,} rows"
    if added := predictor.problem.n_train - problem.n_train:
        rows += f", including the {added:,} test rows"
    rows += ", and weighed anew" if reweighed else ""
    members = getattr(predictor.model, "members", (predictor.model,))
    several: dict[int, dict[str, None]] = {}
    for one in members:
        if len(one.folds) > 1:
            several.setdefault(len(one.folds), {})[one.algorithm] = None
    if not several:
        return f"Refitted on {rows}."
    means = " and ".join(f"{' and '.join(names)} as the mean of {count}" for count, names in several.items())
    return f"Refitted on {rows}; {means} models with other seeds."


def _known_rows(rows: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the rows whose target value is known to the problem."""
    if not len(rows):
        return rows
    target = target_of(problem)
    return rows[target.known(target.encode(rows[problem.target], problem))]
