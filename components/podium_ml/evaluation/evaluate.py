"""Evaluating all models of a run."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from podium_ml.budget import Deadline
from podium_ml.contracts import Evaluation, MetricValue, ModelScores, Problem, Selection
from podium_ml.evaluation.bootstrap import Bootstrap
from podium_ml.evaluation.charts import chart_data
from podium_ml.metrics import Metric, metrics_for, resolve_metric

Predict = Callable[[], np.ndarray]


@dataclass(frozen=True)
class Answers:
    """The rows that models are scored on.

    Attributes:
        y: Class codes or values, shape ``(n,)``.
        weight: Sample weights, or ``None``.
        held_out: Whether these are test rows; else they are training rows with out-of-fold predictions.
    """

    y: np.ndarray
    weight: np.ndarray | None
    held_out: bool


def evaluate(
    problem: Problem,
    selection: Selection,
    answers: Answers,
    predictions: Mapping[str, Predict],
    *,
    trials: Mapping[str, int],
    deadline: Deadline,
) -> tuple[Evaluation, np.ndarray]:
    """Score every model; first all values, then intervals as time allows: what matters most comes first.

    Args:
        problem: The problem.
        selection: The choice, with every model's out-of-fold score.
        answers: The rows to score on.
        predictions: By model name, what computes its raw predictions of these rows.
        trials: Number of trials by algorithm.
        deadline: When to be done.

    Returns:
        The evaluation, and the chosen model's raw predictions.
    """
    began = time.perf_counter()
    primary = resolve_metric(problem.metric, problem.task)
    metrics = [primary, *(m for m in metrics_for(problem.task) if m.name != primary.name)]
    raw = {name: predict() for name, predict in predictions.items()}
    threshold = {selection.chosen: selection.threshold}
    scores = {
        name: {m.name: _value(m, answers, one, threshold.get(name)) for m in metrics}
        if answers.held_out
        else {}
        for name, one in raw.items()
    }
    if answers.held_out and len(answers.y):
        bootstrap = Bootstrap(answers.y, weight=answers.weight, seed=problem.seed, deadline=deadline)
        for name, metric in _priorities(selection.chosen, list(raw), metrics):
            low, high = bootstrap.interval(metric, raw[name], threshold=threshold.get(name))
            scores[name][metric.name] = MetricValue(scores[name][metric.name].value, low, high)
    models = tuple(
        ModelScores(
            name=choice.name,
            status="failed" if choice.score is None else "ok",
            reason=choice.reason,
            oof_score=choice.score,
            test=scores.get(choice.name, {}),
            fit_seconds=choice.fit_seconds,
            predict_milliseconds=choice.predict_milliseconds,
            size_bytes=choice.size_bytes,
            n_trials=trials.get(choice.name, 0),
            chosen=choice.name == selection.chosen,
        )
        for choice in selection.choices
    )
    chosen = raw[selection.chosen]
    charts = chart_data(problem, answers.y, chosen, threshold=selection.threshold, seed=problem.seed)
    rows = len(answers.y) if answers.held_out else 0
    seconds = time.perf_counter() - began
    return Evaluation(problem.metric, primary.greater_is_better, rows, models, charts, seconds), chosen


def _value(metric: Metric, answers: Answers, raw: np.ndarray, threshold: float | None) -> MetricValue:
    score = metric.score(answers.y, raw, answers.weight, threshold=threshold)
    return MetricValue(score if np.isfinite(score) else None)


def _priorities(chosen: str, names: list[str], metrics: list[Metric]) -> list[tuple[str, Metric]]:
    """The chosen model's primary metric, everybody's primary metric, the chosen model's others, the rest."""
    ordered = [chosen, *(name for name in names if name != chosen)]
    first = [(name, metrics[0]) for name in ordered]
    return first + [(name, metric) for name in ordered for metric in metrics[1:]]
