"""The chosen model's scores."""

from collections.abc import Sequence
from dataclasses import dataclass

from podium_ml.contracts import MetricValue, ModelScores
from podium_ml.metrics import Metric, metrics_for
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import in_sentence, metric_of, model_title

BASELINE = "baseline"
# Scores of guessing that are known without a baseline model.
_GUESSING = {"roc_auc": 0.5, "roc_auc_macro": 0.5, "roc_auc_weighted": 0.5, "r2": 0.0}


@dataclass(frozen=True)
class PrimaryScore:
    """The chosen model's score on the primary metric.

    Attributes:
        value: Score on test rows, or out of fold if there are none.
        low: Lower end of its interval, or ``None``.
        high: Upper end.
        baseline: Score of a model that ignores all columns, or ``None``.
        on_test: Whether it was measured on test rows.
    """

    value: float
    low: float | None
    high: float | None
    baseline: float | None
    on_test: bool


@dataclass(frozen=True)
class ScoreRow:
    """One metric of the chosen model.

    Attributes:
        title: The metric.
        meaning: What it measures.
        better: ``higher``, ``lower`` or ``nearer 0``: which values are better.
        equal: Metrics that are the same on this problem, in a sentence; else empty.
        value: Its value.
        low: Lower end of its interval, or ``None``.
        high: Upper end.
        reason: Why there is no interval, or empty.
        baseline: The baseline's value, or ``None``.
        primary: Whether models are compared by it.
    """

    title: str
    meaning: str
    better: str
    equal: str
    value: float | None
    low: float | None
    high: float | None
    reason: str
    baseline: float | None
    primary: bool


def chosen_model(facts: RunFacts) -> ModelScores:
    """Return the chosen model's row of the leaderboard."""
    return next(model for model in facts.evaluation.models if model.chosen)


def chosen_title(facts: RunFacts) -> str:
    """Return the chosen model's title."""
    return model_title(facts.selection.chosen)


def primary_score(facts: RunFacts) -> PrimaryScore | None:
    """Return the chosen model's primary score, or ``None`` if it has no score."""
    baseline = _baseline(facts)
    known = _GUESSING.get(metric_of(facts.problem).name)
    if (found := primary_of(facts, chosen_model(facts))) is not None and found.value is not None:
        guess = _baseline_value(facts, baseline, on_test=True)
        return PrimaryScore(
            found.value, found.low, found.high, known if guess is None else guess, on_test=True
        )
    if facts.selection.score is None:
        return None
    guess = _baseline_value(facts, baseline, on_test=False)
    return PrimaryScore(facts.selection.score, None, None, known if guess is None else guess, on_test=False)


def _baseline_value(facts: RunFacts, baseline: ModelScores | None, *, on_test: bool) -> float | None:
    """Return the baseline's score on test rows, or its out-of-fold score if it has no other."""
    if baseline is None:
        return None
    found = primary_of(facts, baseline) if on_test else None
    return found.value if found and found.value is not None else baseline.oof_score


def primary_of(facts: RunFacts, model: ModelScores) -> MetricValue | None:
    """Return a model's primary test score, stored under the metric's own name or the one the user typed."""
    return model.test.get(metric_of(facts.problem).name) or model.test.get(facts.problem.metric)


def score_rows(facts: RunFacts) -> list[ScoreRow]:
    """Return all test scores of the chosen model, the primary one first; empty without a test set."""
    test, baseline = chosen_model(facts).test, _baseline(facts)
    primary = metric_of(facts.problem)
    ordered = [primary, *(one for one in metrics_for(facts.problem.task) if one.name != primary.name)]
    known = [metric for metric in ordered if (found := test.get(metric.name)) and found.value is not None]
    return [
        ScoreRow(
            title=same[0].title,
            meaning=same[0].description,
            better=_better(same[0]),
            equal=_equal(same[1:]),
            value=test[same[0].name].value,
            low=test[same[0].name].low,
            high=test[same[0].name].high,
            reason=test[same[0].name].reason,
            baseline=_value(baseline, same[0].name),
            primary=same[0] is primary,
        )
        for same in _folded(known, facts.evaluation.models)
    ]


def _better(metric: Metric) -> str:
    if not metric.comparable:
        return "nearer 0"
    return "higher" if metric.greater_is_better else "lower"


def _folded(metrics: list[Metric], models: Sequence[ModelScores]) -> list[list[Metric]]:
    """Put metrics together that give every model the same score.

    With two classes, for instance, the AUC of one class is that of the other, and so are their averages. Scores that
    tell no models apart show nothing about metrics of different names.
    """
    groups: dict[tuple[object, ...], list[Metric]] = {}
    for metric in metrics:
        values = tuple(f"{value:.10g}" for one in models if (value := _value(one, metric.name)) is not None)
        name = metric.title.split(",")[0] if len(set(values)) < 2 else ""
        groups.setdefault((name, metric.greater_is_better, values), []).append(metric)
    return list(groups.values())


def _equal(metrics: list[Metric]) -> str:
    """Name the metrics that were folded into another.

    >>> _equal([])
    ''
    """
    if not metrics:
        return ""
    return f"Equal here: {'; '.join(in_sentence(metric.title) for metric in metrics)}."


def _baseline(facts: RunFacts) -> ModelScores | None:
    return next((model for model in facts.evaluation.models if model.name == BASELINE), None)


def baseline_score(facts: RunFacts, name: str) -> float | None:
    """Return the baseline's test score on a metric, or ``None`` if it has none."""
    return _value(_baseline(facts), name)


def _value(model: ModelScores | None, name: str) -> float | None:
    found = model.test.get(name) if model else None
    return found.value if found else None
