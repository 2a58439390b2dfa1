"""Evaluates all models of a run."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from podium_ml.contracts import Evaluation, MetricValue, ModelChoice, ModelScores, Problem, Selection
from podium_ml.contracts.evaluation import TOO_SLOW
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer
from podium_ml.evaluation.model_charts import model_charts
from podium_ml.evaluation.promise import Promise, TestScore, check_promise
from podium_ml.evaluation.scoring import BASELINE, Scoring
from podium_ml.metrics import Metric, Threshold, metrics_for, problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.run.only_shown import only_shown
from podium_ml.targets import target_of

# Share of the time for predictions. The rest is for scores.
_PREDICTING = 0.6


@dataclass(frozen=True)
class Answers:
    """The rows that models are scored on.

    Attributes:
        targets: Their targets, with weights, groups and times.
        held_out: Whether these are test rows; if not, they are training rows with out-of-fold predictions.
        notes: What the user should know about these rows.
    """

    targets: Targets
    held_out: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entrant:
    """A model to score.

    Attributes:
        predict: Computes the predictions of the rows, corrected if the model has corrections, shape ``(n, K)`` or
            ``(n,)``.
        seconds: Expected duration of the predictions in seconds.
        threshold: What it decides by.
    """

    predict: Callable[[], np.ndarray]
    seconds: float = 0.0
    threshold: Threshold = None


@dataclass
class _Predictions:
    """Predictions by model, and for each model without predictions the reason."""

    answers: dict[str, Answer] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def evaluate(
    problem: Problem,
    selection: Selection,
    answers: Answers,
    entrants: Mapping[str, Entrant],
    *,
    trials: Mapping[str, int],
    columns: Mapping[str, int] | None = None,
    deadline: Deadline,
    promise: Promise | None = None,
) -> tuple[Evaluation, np.ndarray]:
    """Score every model: first all values, then as many intervals as time allows, in order of importance.

    A model that cannot predict the rows, or not in time, stays on the leaderboard with the reason. The chosen model
    must be able to predict them. The baseline, which takes no time, is always scored.

    Args:
        problem: The problem.
        selection: The selection, with the out-of-fold score of every model.
        answers: The rows to score on.
        entrants: By name, the models that can predict these rows, including the chosen one.
        trials: Number of trials by algorithm.
        columns: Number of columns that each model reads, by name.
        deadline: When the evaluation must be done.
        promise: The out-of-fold predictions of the chosen model, which its test score is compared with.

    Returns:
        The evaluation, and the predictions of the chosen model.
    """
    began = time.perf_counter()
    primary = problem_metric(problem)
    others = (metric.over(problem.target_range) for metric in metrics_for(problem.task))
    metrics = [primary, *(metric for metric in others if metric.name != primary.name)]
    choices = _ranked(selection.choices, primary)
    ordered = [selection.chosen, *(c.name for c in choices if c.name != selection.chosen)]
    predictions = _predict([name for name in ordered if name in entrants], entrants, deadline=deadline)
    chosen = predictions.answers[selection.chosen]
    weight = answers.targets.weight
    charts: dict[str, Any] = only_shown(
        lambda: target_of(problem).charts(
            problem, answers.targets.y, chosen.raw, threshold=chosen.threshold, weight=weight
        ),
        otherwise=dict,
    )
    scoring = Scoring(problem, selection.chosen, answers.targets, predictions.answers, deadline=deadline)
    over_baseline, notes = scoring.over_baseline(primary), (*answers.notes, *scoring.notes())
    if weight is not None:
        notes += ("Rows count by their weights in all scores and charts.",)
    scores: dict[str, dict[str, MetricValue]] = {}
    if answers.held_out:
        if promise is not None:
            found = TestScore(chosen, scoring.bootstrap)
            notes += check_promise(
                problem, selection, primary, promise=promise, found=found, deadline=deadline
            )
        scores = scoring.scores(metrics)
        notes += _calibration_note(selection, metrics)
    models = tuple(
        replace(
            _row(choice, selection, scores, predictions.reasons, trials.get(choice.name, 0)),
            n_columns=(columns or {}).get(choice.name, 0),
        )
        for choice in choices
    )
    return (
        Evaluation(
            metric=problem.metric,
            greater_is_better=primary.greater_is_better,
            rows=len(answers.targets.y) if answers.held_out else 0,
            models=models,
            charts=charts,
            model_charts=model_charts(
                problem,
                answers.targets.y,
                {name: one.raw for name, one in predictions.answers.items() if name != selection.chosen},
                weight=weight,
                deadline=deadline,
            ),
            seconds=time.perf_counter() - began,
            notes=notes,
            over_baseline=over_baseline,
        ),
        chosen.raw,
    )


def _calibration_note(selection: Selection, metrics: Sequence[Metric]) -> tuple[str, ...]:
    """Return what does not compare the models as they would be if they were chosen: calibration takes too long."""
    if not selection.calibrated or metrics[0].needs == "value":
        return ()
    note = (
        "Only the chosen model's probabilities are calibrated. The other models would be too if they were chosen, so "
        "metrics that depend on the size of probabilities, such as the log loss, say less about them."
    )
    return (note,)


def _ranked(choices: Sequence[ModelChoice], metric: Metric) -> list[ModelChoice]:
    """Return the choices with the best out-of-fold score first and failed models last.

    Equal scores keep the order of the selection.
    """
    scores = {c.name: math.nan if c.score is None else c.score for c in choices}
    return sorted(choices, key=lambda c: (c.score is None, -metric.utility(scores[c.name])))


def _predict(names: Sequence[str], entrants: Mapping[str, Entrant], *, deadline: Deadline) -> _Predictions:
    """Predict with the first model and the baseline, however long it takes, and with the others as time allows."""
    until = deadline.share(_PREDICTING)
    predictions = _Predictions()
    for name in names:
        entrant = entrants[name]
        if predictions.answers and name != BASELINE and entrant.seconds >= until.remaining():
            predictions.reasons[name] = TOO_SLOW
            continue
        try:
            predictions.answers[name] = Answer(entrant.predict(), entrant.threshold)
        except Exception as error:  # The report goes on without this model.
            if not predictions.answers:
                raise
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            predictions.reasons[name] = f"Not scored on the test set: {reason}"
    return predictions


def _row(
    choice: ModelChoice,
    selection: Selection,
    scores: Mapping[str, dict[str, MetricValue]],
    reasons: Mapping[str, str],
    n_trials: int,
) -> ModelScores:
    return ModelScores(
        name=choice.name,
        status="failed" if choice.score is None else "ok",
        reason=" ".join(filter(None, (choice.reason, reasons.get(choice.name)))),
        oof_score=choice.score,
        test=scores.get(choice.name, {}),
        fit_seconds=choice.fit_seconds,
        predict_milliseconds=choice.predict_milliseconds,
        size_bytes=choice.size_bytes,
        n_trials=n_trials,
        chosen=choice.name == selection.chosen,
        tied=choice.name in selection.tied,
    )
