"""The stage that scores every model on the test rows."""

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.contracts import Candidate, Evaluation, Problem, Selection
from podium_ml.contracts.feature_table import FeatureTable, load_names
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import ENSEMBLES, describe, load_oof
from podium_ml.ensembling import load as load_ensembles
from podium_ml.evaluation.base_predictions import BasePredictions
from podium_ml.evaluation.bootstrap import Answer
from podium_ml.evaluation.evaluate import Answers, Entrant, evaluate
from podium_ml.evaluation.label_doubts import write_label_doubts
from podium_ml.evaluation.leaderboard import write_leaderboard
from podium_ml.evaluation.prediction_table import write_predictions
from podium_ml.evaluation.promise import Promise
from podium_ml.evaluation.scored_rows import TestRows, choose_rows
from podium_ml.evaluation.scoring import BASELINE
from podium_ml.explanation import IMPORTANCES, ImportanceCollector
from podium_ml.files import pickles
from podium_ml.files.tables import read_table
from podium_ml.kinds import KINDS, Predictor, load_predictor
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import Metric, problem_metric
from podium_ml.run.budget import Deadline, stage_deadline
from podium_ml.run.only_shown import only_shown
from podium_ml.selection.corrections import load_corrections
from podium_ml.targets import Corrections, target_of
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.shards import joined_folders

_NO_TEST = "There are no test rows, so the charts show out-of-fold predictions of the training rows."


@dataclass(frozen=True)
class _Models:
    """All models of a run, on disk.

    Attributes:
        candidates: Candidates by algorithm.
        folders: Folders of the candidates by algorithm.
        ensemble: Folder of the ensembles.
        selection: The selection.
        corrections: What is done to the predictions of each model, by name.
        predictor: The chosen model.
    """

    candidates: dict[str, Candidate]
    folders: dict[str, CandidateFolder]
    ensemble: Path
    selection: Selection
    corrections: dict[str, Corrections]
    predictor: Predictor

    @classmethod
    def read(cls, candidates: list[str], model: str) -> "_Models":
        folders = map(CandidateFolder, joined_folders(candidates, model))
        pairs = [(folder.candidate, folder) for folder in folders]
        return cls(
            candidates={candidate.algorithm: candidate for candidate, _ in pairs},
            folders={candidate.algorithm: folder for candidate, folder in pairs},
            ensemble=Path(model) / ENSEMBLES,
            selection=Selection.load(Path(model) / "selection.json"),
            corrections=load_corrections(model),
            predictor=load_predictor(Path(model) / "model.pkl"),
        )

    def load(self, name: str) -> Any:
        """Return a model by its name on the leaderboard."""
        if name == self.selection.chosen:
            return self.predictor.model
        if name in self.folders:
            return self.folders[name].load_model(self.candidates[name].kept[0].number)
        return self._ensembles[name]

    def oof(self, name: str) -> OutOfFold:
        """Return the out-of-fold predictions of a model."""
        if name in self.folders:
            return self.folders[name].load_oof(self.candidates[name].kept[0].number)
        return load_oof(self.ensemble, name)

    def chosen_oof(self, targets: Targets) -> OutOfFold:
        """Return the out-of-fold predictions of the chosen model as it corrects them, given all training targets."""
        name = self.selection.chosen
        raw = self.oof(name)
        return replace(raw, values=self.corrections[name].apply(raw.values, targets.of_rows(raw.rows)))

    def entrant(
        self, name: str, predict: Callable[[], np.ndarray], targets: Targets, *, seconds: float = 0.0
    ) -> Entrant:
        """Return a model to score: with its own corrections, as all others.

        Args:
            name: Its name on the leaderboard.
            predict: Computes its raw predictions.
            targets: The targets of their rows.
            seconds: Expected duration of the predictions.
        """
        own = self.corrections[name]
        return Entrant(lambda: own.apply(predict(), targets), seconds=seconds, threshold=own.threshold)

    @functools.cached_property
    def _ensembles(self) -> dict[str, Any]:
        """All ensembles. An ensemble that cannot be read must not keep the other models from being scored."""
        return load_ensembles(self.ensemble, [folder.path for folder in self.folders.values()])

    def augmented_pictures(self, metric: Metric) -> dict[str, Any] | None:
        """Return the training pictures as the best network that changes them has seen them."""
        ranked = sorted(
            (one for one in self.candidates.values() if one.kept),
            key=lambda one: -metric.utility(one.kept[0].score),
        )
        found = (self.folders[one.algorithm].shown() for one in ranked)
        return next((one for one in found if one is not None), None)

    def row_seconds(self) -> dict[str, float]:
        """Return the approximate seconds per row in a batch, by model."""
        trials = {
            (c.algorithm, t.number): t.predict_seconds for c in self.candidates.values() for t in c.kept
        }
        single = {c.algorithm: c.kept[0].predict_seconds for c in self.candidates.values() if c.kept}
        combined = {
            one.name: sum(trials.get((member.algorithm, member.trial), 0.0) for member in one.members)
            for one in describe(self.ensemble)
        }
        return single | combined

    def columns(self, total: int) -> dict[str, int]:
        """Return how many columns each model reads.

        Args:
            total: Number of columns that there are.
        """
        used = {(c.algorithm, t.number): t.columns.used for c in self.candidates.values() for t in c.kept}
        members = {name: [(name, c.kept[0].number)] for name, c in self.candidates.items() if c.kept}
        for one in describe(self.ensemble):
            members[one.name] = [(member.algorithm, member.trial) for member in one.members]
        counts = {name: _union([used.get(key, ()) for key in keys], total) for name, keys in members.items()}
        return counts | ({BASELINE: 0} if BASELINE in counts else {})


def _union(used: list[tuple[str, ...]], total: int) -> int:
    """Return how many columns some models read together; a model that names none reads all."""
    return len({name for names in used for name in names}) if all(used) else total


def run(
    *,
    test: str,
    features: str,
    problem: str,
    featurizer: str,
    candidates: list[str],
    model: str,
    evaluation: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Evaluate every candidate's best trial, the ensembles and the chosen model.

    Args:
        test: Parquet file of the test rows; without rows, the charts show out-of-fold predictions.
        features: Folder of the feature table of the training rows, of which only the targets are read if
            there are test rows.
        problem: File of the problem.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        model: Folder of the chosen model, with the ensembles.
        evaluation: Folder to write: ``evaluation.json``, ``importances.json``, ``leaderboard.csv``,
            ``predictions.parquet``, and ``label_errors.csv`` and ``label_next.csv`` if labels can be doubted.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        ``rows``, and the ``metrics`` of the chosen model with its ``confusion_matrix`` and ``roc`` for the Kubeflow UI.
    """
    task, models = Problem.load(problem), _Models.read(candidates, model)
    deadline = stage_deadline("evaluate_models", time_limit, rows=task.n_train)
    rows = _test_rows(test, task, models, deadline)
    names, importances, table = models.row_seconds(), None, None
    if len(rows.table):
        table = build_feature_table(pickles.load(featurizer, kind="featurizer"), rows.table, task)
        importances = _collector(table, names, task, deadline)
        answers, entrants = _on_test(task, rows, table, models, importances)
    else:
        answers, entrants, rows = _out_of_fold(Targets.load(features), models, rows)
    result, raw = evaluate(
        task,
        models.selection,
        answers,
        entrants,
        trials={name: one.n_trials for name, one in models.candidates.items()},
        columns=models.columns(len(task.features)),
        deadline=deadline,
        promise=_promise(Targets.load(features), models) if answers.held_out else None,
    )
    if KINDS[task.kind].draws_charts(task):
        more: dict[str, Any] = only_shown(
            lambda: _charts_of_kind(task, models, FeatureTable.load(features), table, raw), otherwise=dict
        )
        result = replace(result, charts={**result.charts, **more})
    folder = Path(evaluation)
    folder.mkdir(parents=True, exist_ok=True)
    result.save(folder / "evaluation.json")
    importances = importances or _collector(FeatureTable.load(features), names, task, deadline)
    loaders = {name: functools.partial(models.load, name) for name in names}
    importances.complete(loaders).save(folder / IMPORTANCES)
    write_leaderboard(result, folder / "leaderboard.csv")
    if task.examples:
        only_shown(lambda: _doubt_labels(folder, task, models, features), otherwise=lambda: None)
    threshold = models.selection.threshold
    write_predictions(
        folder / "predictions.parquet",
        task,
        rows=rows.positions,
        y=answers.targets.y,
        raw=raw,
        threshold=threshold,
    )
    return _report(task, result, answers.targets, raw)


def _test_rows(test: str, problem: Problem, models: _Models, deadline: Deadline) -> TestRows:
    return choose_rows(
        read_table(test),
        problem,
        row_seconds=models.row_seconds().get(models.selection.chosen, 0.0),
        deadline=deadline,
    )


def _collector(
    table: FeatureTable, names: Collection[str], problem: Problem, deadline: Deadline
) -> ImportanceCollector:
    return ImportanceCollector(table.X, table.schema, models=len(names), seed=problem.seed, deadline=deadline)


def _on_test(
    problem: Problem,
    rows: TestRows,
    table: FeatureTable,
    models: _Models,
    importances: ImportanceCollector,
) -> tuple[Answers, dict[str, Entrant]]:
    base = BasePredictions(table.X, lambda model: KINDS[problem.kind].predict_test(model, table, problem))
    seconds = models.row_seconds()
    targets = Targets(y=table.y, weight=table.weight, group=table.group, time=table.time)

    def entrant(name: str) -> Entrant:
        return models.entrant(
            name,
            lambda: base.of(importances.look_at(name, models.load(name))),
            targets,
            seconds=seconds[name] * len(rows.table),
        )

    answers = Answers(targets, held_out=True, notes=rows.notes)
    return answers, {name: entrant(name) for name in seconds}


def _out_of_fold(
    targets: Targets, models: _Models, rows: TestRows
) -> tuple[Answers, dict[str, Entrant], TestRows]:
    """Return the training rows, with the out-of-fold predictions of the chosen model and of the baseline."""
    chosen = models.selection.chosen
    known = models.oof(chosen).rows

    def entrant(name: str) -> Entrant:
        return models.entrant(name, lambda: models.oof(name).at(known), targets.of_rows(known))

    entrants = {name: entrant(name) for name in {chosen, BASELINE} & {*models.row_seconds()}}
    notes = (*rows.notes, _NO_TEST)
    answers = Answers(targets.of_rows(known), held_out=False, notes=notes)
    return answers, entrants, TestRows(rows.table, known, notes)


def _charts_of_kind(
    problem: Problem, models: _Models, train: FeatureTable, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    oof = models.chosen_oof(train).full()
    charts = KINDS[problem.kind].charts(problem, train=train, oof=oof, test=test, raw=raw)
    augmented = models.augmented_pictures(problem_metric(problem))
    return {**charts, "pictures": [*charts["pictures"], augmented]} if augmented else charts


def _doubt_labels(folder: Path, problem: Problem, models: _Models, features: str) -> None:
    targets = Targets.load(features)
    oof = models.chosen_oof(targets).full()
    write_label_doubts(folder, problem, y=targets.y, oof=oof, names=load_names(features))


def _promise(targets: Targets, models: _Models) -> Promise:
    """Return the out-of-fold predictions of the chosen model."""
    oof, threshold = models.chosen_oof(targets), models.corrections[models.selection.chosen].threshold
    return Promise(targets.of_rows(oof.rows), Answer(oof.values, threshold))


def _report(problem: Problem, result: Evaluation, targets: Targets, raw: np.ndarray) -> dict[str, Any]:
    chosen = next(model for model in result.models if model.chosen)
    metrics = {name: value.value for name, value in chosen.test.items() if value.value is not None}
    if chosen.oof_score is not None:
        metrics[f"{problem.metric}_out_of_fold"] = chosen.oof_score
    return {
        "rows": result.rows,
        "metrics": metrics,
        "confusion_matrix": result.charts.get("confusion_matrix"),
        "roc": target_of(problem).kubeflow_roc(targets.y, raw, targets.weight),
    }
