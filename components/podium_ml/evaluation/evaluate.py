"""Evaluating all models of a run."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from podium_ml.contracts import Evaluation, MetricValue, ModelChoice, ModelScores, Problem, Selection
from podium_ml.evaluation.bootstrap import Bootstrap
from podium_ml.evaluation.charts import chart_data
from podium_ml.metrics import Metric, metrics_for, resolve_metric
from podium_ml.run.budget import Deadline

# Share of the time that goes to predictions; the rest is for scores.
_PREDICTING = 0.6


@dataclass(frozen=True)
class Answers:
    """The rows that models are scored on.

    Attributes:
        y: Class codes or values, shape ``(n,)``.
        weight: Sample weights, or ``None``.
        held_out: Whether these are test rows; else they are training rows with out-of-fold predictions.
        notes: What the user should know of these rows.
    """

    y: np.ndarray
    weight: np.ndarray | None
    held_out: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entrant:
    """A model that is to be scored.

    Attributes:
        predict: Computes its raw predictions of the rows, shape ``(n, K)`` or ``(n,)``.
        seconds: How long that may take.
    """

    predict: Callable[[], np.ndarray]
    seconds: float = 0.0


@dataclass
class _Predictions:
    """Raw predictions by model, and why there are none of some."""

    raw: dict[str, np.ndarray] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)


def evaluate(
    problem: Problem,
    selection: Selection,
    answers: Answers,
    entrants: Mapping[str, Entrant],
    *,
    trials: Mapping[str, int],
    deadline: Deadline,
) -> tuple[Evaluation, np.ndarray]:
    """Score every model; first all values, then intervals as time allows: what matters most comes first.

    A model that cannot predict the rows, or not in time, stays on the leaderboard with the reason; the chosen one
    must predict them.

    Args:
        problem: The problem.
        selection: The choice, with every model's out-of-fold score.
        answers: The rows to score on.
        entrants: By name, the models that can predict these rows, the chosen one among them.
        trials: Number of trials by algorithm.
        deadline: When to be done.

    Returns:
        The evaluation, and the chosen model's raw predictions.
    """
    began = time.perf_counter()
    primary = resolve_metric(problem.metric, problem.task)
    metrics = [primary, *(m for m in metrics_for(problem.task) if m.name != primary.name)]
    choices = _ranked(selection.choices, primary)
    ordered = [selection.chosen, *(c.name for c in choices if c.name != selection.chosen)]
    predictions = _predict([name for name in ordered if name in entrants], entrants, deadline=deadline)
    chosen = predictions.raw[selection.chosen]
    charts = chart_data(problem, answers.y, chosen, threshold=selection.threshold, seed=problem.seed)
    scores: dict[str, dict[str, MetricValue]] = {}
    if answers.held_out:
        scoring = _Scoring(problem, selection, answers, predictions.raw, deadline=deadline)
        scores = scoring.scores(metrics)
    models = tuple(
        _row(choice, selection, scores, predictions.lacking, trials.get(choice.name, 0)) for choice in choices
    )
    return (
        Evaluation(
            metric=problem.metric,
            greater_is_better=primary.greater_is_better,
            rows=len(answers.y) if answers.held_out else 0,
            models=models,
            charts=charts,
            seconds=time.perf_counter() - began,
            notes=answers.notes,
        ),
        chosen,
    )


def _ranked(choices: Sequence[ModelChoice], metric: Metric) -> list[ModelChoice]:
    """Best out-of-fold score first, failed models last; equal scores stay in the order of the selection."""
    scores = {c.name: math.nan if c.score is None else c.score for c in choices}
    return sorted(choices, key=lambda c: (c.score is None, -metric.utility(scores[c.name])))


def _predict(names: Sequence[str], entrants: Mapping[str, Entrant], *, deadline: Deadline) -> _Predictions:
    """Predict with the first, whatever it takes, and with others as time allows."""
    until = deadline.share(_PREDICTING)
    found = _Predictions()
    for name in names:
        if found.raw and entrants[name].seconds >= until.remaining():
            found.lacking[name] = "Not scored on the test set: its predictions would have taken too long."
            continue
        try:
            found.raw[name] = entrants[name].predict()
        except Exception as error:  # the report goes on without this model
            if not found.raw:
                raise
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            found.lacking[name] = f"Not scored on the test set: {reason}"
    return found


class _Scoring:
    """Scores predictions, in the order in which the scores matter, until the time is up."""

    def __init__(
        self,
        problem: Problem,
        selection: Selection,
        answers: Answers,
        raw: Mapping[str, np.ndarray],
        *,
        deadline: Deadline,
    ) -> None:
        self._seed, self._chosen, self._threshold = problem.seed, selection.chosen, selection.threshold
        self._answers, self._raw, self._deadline = answers, raw, deadline

    def scores(self, metrics: Sequence[Metric]) -> dict[str, dict[str, MetricValue]]:
        """Return values and intervals by model and metric; the first metric is the one that matters most."""
        found: dict[str, dict[str, MetricValue]] = {name: {} for name in self._raw}
        wanted = self._priorities(metrics)
        for name, metric in wanted:
            if metric is metrics[0] or not self._deadline.passed():
                found[name][metric.name] = self._value(name, metric)
        if self._deadline.passed():
            return found
        answers = self._answers
        bootstrap = Bootstrap(answers.y, weight=answers.weight, seed=self._seed, deadline=self._deadline)
        for name, metric in wanted:
            value = found[name].get(metric.name)
            if value is None or value.value is None:
                continue
            low, high = bootstrap.interval(
                metric, self._raw[name], threshold=self._threshold_of(name), value=value.value
            )
            found[name][metric.name] = MetricValue(value.value, low, high)
        return found

    def _value(self, name: str, metric: Metric) -> MetricValue:
        answers = self._answers
        score = metric.score(answers.y, self._raw[name], answers.weight, threshold=self._threshold_of(name))
        return MetricValue(score if math.isfinite(score) else None)

    def _threshold_of(self, name: str) -> float | None:
        return self._threshold if name == self._chosen else None

    def _priorities(self, metrics: Sequence[Metric]) -> list[tuple[str, Metric]]:
        """Everybody's first metric, the chosen model's others, the rest; models in their order, the chosen first."""
        first = [(name, metrics[0]) for name in self._raw]
        return first + [(name, metric) for name in self._raw for metric in metrics[1:]]


def _row(
    choice: ModelChoice,
    selection: Selection,
    scores: Mapping[str, dict[str, MetricValue]],
    lacking: Mapping[str, str],
    n_trials: int,
) -> ModelScores:
    return ModelScores(
        name=choice.name,
        status="failed" if choice.score is None else "ok",
        reason=" ".join(filter(None, (choice.reason, lacking.get(choice.name)))),
        oof_score=choice.score,
        test=scores.get(choice.name, {}),
        fit_seconds=choice.fit_seconds,
        predict_milliseconds=choice.predict_milliseconds,
        size_bytes=choice.size_bytes,
        n_trials=n_trials,
        chosen=choice.name == selection.chosen,
    )
