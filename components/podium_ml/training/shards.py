"""Branches that share the groups of rows of an algorithm, and what becomes of their candidates.

An algorithm that learns each group of rows on its own, such as a model of each series, can have several branches. Each
learns a shard: a part of the groups. Their candidates are joined to one, as if a single branch had learned all groups.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from podium_ml.contracts import BranchSpec, FittedTrial, Problem, Trial
from podium_ml.contracts.branch import parse_branch_name
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.contracts.targets import Targets
from podium_ml.errors import TrainingError
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.splits.decided import decided_score
from podium_ml.targets import target_of
from podium_ml.training.candidate_folder import CandidateFolder, mark_failed
from podium_ml.training.cross_validation import CrossValidated
from podium_ml.training.fit import FittedModel

# Within the folder of the chosen model: candidates that were joined.
_JOINED = "joined"
_NOTHING = "There was no configuration that all of its shards had time for."


def table_of_shard(table: FeatureTable, branch: BranchSpec) -> FeatureTable:
    """Return the rows that a branch learns from."""
    if branch.shards == 1:
        return table
    rows = rows_of_shard(table, branch.shard, branch.shards)
    if not len(rows):
        raise TrainingError("There is no group of rows for it.")
    known = table.of_rows(rows)
    return replace(
        table,
        X=table.X.iloc[rows].reset_index(drop=True),
        y=known.y,
        weight=known.weight,
        group=known.group,
        time=known.time,
    )


def rows_of_shard(targets: Targets, shard: int, shards: int) -> np.ndarray:
    """Return the positions of the rows of a shard: those of every n-th group."""
    if targets.group is None:
        return np.arange(len(targets.y) if shard == 0 else 0)
    return np.flatnonzero(targets.group % shards == shard)


def joined_folders(candidates: Sequence[str | Path], model: str | Path) -> list[str]:
    """Return the folders of the candidates of all algorithms: joined ones in place of those of shards.

    Args:
        candidates: Folders of the candidates of all branches.
        model: Folder of the chosen model, for which ``join_shards`` has been called.
    """
    names = {str(path): parse_branch_name(CandidateFolder(path).candidate.algorithm) for path in candidates}
    sharded = dict.fromkeys(algorithm for algorithm, _, shards in names.values() if shards > 1)
    whole = [path for path, name in names.items() if name[2] == 1]
    return [*whole, *(str(Path(model) / _JOINED / algorithm) for algorithm in sharded)]


def join_shards(
    candidates: Sequence[str], model: str | Path, *, targets: Targets, problem: Problem, most: int = 3
) -> list[str]:
    """Join the candidates of shards, and return the folders of all candidates.

    A configuration counts if all shards have tried it. An algorithm that lacks a shard has failed.

    Args:
        candidates: Folders of the candidates of all branches.
        model: Folder of the chosen model, to write them to.
        targets: Targets of the training rows.
        problem: The problem.
        most: How many trials of each algorithm to keep.
    """
    shards: dict[str, list[CandidateFolder]] = {}
    for path in candidates:
        algorithm, _, count = parse_branch_name((folder := CandidateFolder(path)).candidate.algorithm)
        if count > 1:
            shards.setdefault(algorithm, []).append(folder)
    for algorithm, folders in shards.items():
        _join(algorithm, folders, Path(model) / _JOINED / algorithm, targets, problem, most)
    return joined_folders(candidates, model)


@dataclass(frozen=True)
class _Part:
    """A trial of one shard."""

    folder: CandidateFolder
    trial: FittedTrial
    rows: np.ndarray


def _join(
    algorithm: str,
    folders: Sequence[CandidateFolder],
    path: Path,
    targets: Targets,
    problem: Problem,
    most: int,
) -> None:
    shutil.rmtree(path, ignore_errors=True)
    joined = CandidateFolder.create(path, algorithm)
    if reason := _what_lacks(folders):
        mark_failed(path, algorithm, reason)
        return
    scored = [(parts, _scored(parts, targets, problem)) for parts in _common(folders, targets)]
    metric = problem_metric(problem)
    ranked = sorted(scored, key=lambda one: -metric.utility(one[1].score))
    kept: list[FittedTrial] = []
    for number, (parts, score) in enumerate(scored):
        joined.log(_trial(algorithm, number, parts, score))
    for parts, score in ranked[:most]:
        models = [part.folder.load_model(part.trial.number) for part in parts]
        model = replace(KINDS[problem.kind].join_models(models), sharpness=score.sharpness)
        fitted = FittedModel(model, *_costs(parts))
        number = next(at for at, one in enumerate(scored) if one[0] is parts)
        joined.keep(_trial(algorithm, number, parts, score), score, fitted, better=kept, most=most)
        kept = list(joined.candidate.kept)
    several = [folder.candidate for folder in folders]
    joined.write(
        replace(
            joined.candidate,
            n_trials=len(scored),
            seconds=sum(one.seconds for one in several),
            peak_memory_bytes=max(one.peak_memory_bytes for one in several),
            reason=next((one.reason for one in several if one.reason), "") if kept else _NOTHING,
        )
    )


def _what_lacks(folders: Sequence[CandidateFolder]) -> str:
    """Return why the candidates are not complete; empty if they are."""
    candidates = {parse_branch_name(one.candidate.algorithm)[1:]: one.candidate for one in folders}
    shards = next(iter(candidates))[1]
    for shard in range(shards):
        found = candidates.get((shard, shards))
        if found is None or not found.kept:
            why = found.reason if found else "It has no result."
            return f"Shard {shard + 1} of {shards} failed: {why}"
    return ""


def _common(folders: Sequence[CandidateFolder], targets: Targets) -> Iterator[list[_Part]]:
    """Yield the trials that all shards have, in the order of the first shard."""
    ordered = sorted(folders, key=lambda one: parse_branch_name(one.candidate.algorithm)[1])
    tried = [{_key(trial): trial for trial in folder.candidate.kept} for folder in ordered]
    rows = [rows_of_shard(targets, at, len(ordered)) for at in range(len(ordered))]
    for trial in sorted(ordered[0].candidate.kept, key=lambda one: one.number):
        if all(_key(trial) in one for one in tried):
            yield [
                _Part(folder, one[_key(trial)], part)
                for folder, one, part in zip(ordered, tried, rows, strict=True)
            ]


def _key(trial: FittedTrial) -> str:
    return json.dumps(trial.parameters, sort_keys=True)


def _scored(parts: Sequence[_Part], targets: Targets, problem: Problem) -> CrossValidated:
    """Score a configuration on the rows of all shards, as cross-validation does with those of one branch."""
    found = [part.folder.load_oof(part.trial.number) for part in parts]
    rows = np.concatenate([part.rows[one.rows] for part, one in zip(parts, found, strict=True)])
    order, values = np.argsort(rows), np.concatenate([one.values for one in found])
    rows, values = rows[order], values[order]
    known = targets.of_rows(rows)
    folds = cross_fit_folds(problem, targets, rows)
    sharpness, values = target_of(problem).choose_sharpness(values, known, folds=folds)
    return CrossValidated(
        oof=OutOfFold(rows, values, len(targets.y)),
        fold_scores=_means([part.trial.fold_scores for part in parts]),
        score=decided_score(values, known, problem=problem),
        rounds=(),
        sharpness=sharpness,
    )


def _means(scores: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return the mean of each fold over the shards, counted from the last fold, which every shard has."""
    fewest = min(map(len, scores))
    return tuple(float(np.mean([one[len(one) - fewest + at] for one in scores])) for at in range(fewest))


def _costs(parts: Sequence[_Part]) -> tuple[float, float, float]:
    """Return the seconds of fitting all, of predicting one row, and of each further row."""
    trials = [part.trial for part in parts]
    return (
        sum(one.fit_seconds for one in trials),
        max(one.row_seconds for one in trials),
        max(one.predict_seconds for one in trials),
    )


def _trial(algorithm: str, number: int, parts: Sequence[_Part], scored: CrossValidated) -> Trial:
    ledgers: list[Mapping[str, Trial]] = [
        {json.dumps(one.parameters, sort_keys=True): one for one in part.folder.trials()} for part in parts
    ]
    own = [ledger[_key(part.trial)] for ledger, part in zip(ledgers, parts, strict=True)]
    return replace(
        own[0],
        algorithm=algorithm,
        number=number,
        score=scored.score,
        fold_scores=scored.fold_scores,
        seconds=sum(one.seconds for one in own),
        at=max(one.at for one in own),
    )
