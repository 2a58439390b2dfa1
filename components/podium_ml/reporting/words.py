"""Scores in plain words."""

from podium_ml.contracts import Problem
from podium_ml.metrics import Metric
from podium_ml.reporting.formats import number, percent, short
from podium_ml.reporting.titles import capitalized
from podium_ml.targets import target_of

# Errors that are larger than what is typical, because large ones count more.
_SQUARED = frozenset({"rmse", "nrmse"})
# Shares of correct predictions, if each row has one label.
_SHARES_RIGHT = frozenset({"accuracy", "f1_micro", "precision_micro", "recall_micro"})


def score_in_words(
    problem: Problem, metric: Metric, value: float, baseline: float | None, *, median: float | None = None
) -> str:
    """Explain a score in one or two sentences that need no knowledge of statistics.

    Args:
        problem: The problem.
        metric: The metric.
        value: The model's score.
        baseline: Score of predicting the same for every row, or ``None`` if unknown.
        median: Median absolute error of the model, or ``None`` if unknown.
    """
    guess = target_of(problem).guess
    if metric.name == "roc_auc":
        return (
            f"Given one row that is “{short(problem.positive_label, 80)}” and one that is not, the model tells them "
            f"apart {percent(value)} of the time. Guessing would succeed {percent(0.5)} of the time."
        )
    if metric.name in _SHARES_RIGHT and target_of(problem).name == "labels":
        rest = (
            f"; always predicting the same class would be right for {percent(baseline)}"
            if baseline is not None
            else ""
        )
        return f"The model is right for {percent(value)} of rows{rest}."
    if metric.name in _SQUARED:
        typical = (
            "" if median is None else f"Half of the predictions are off by less than {number(median, 3)}."
        )
        return f"{_compared(metric, value, baseline, guess)} {typical}".strip()
    if metric.name == "mae":
        rest = f"; always predicting the same value would be off by {number(baseline, 3)}" if baseline else ""
        return f"On average, predictions are off by {number(value, 3)}{rest}."
    if metric.name == "median_absolute_error":
        rest = f"; with always the same value, by less than {number(baseline, 3)}" if baseline else ""
        return f"Half of the predictions are off by less than {number(value, 3)}{rest}."
    if metric.name == "r2":
        return f"The model explains {percent(value)} of the variation in the target."
    return _compared(metric, value, baseline, guess)


def way_to_perfection(metric: Metric, value: float, baseline: float) -> float | None:
    """Return where a score lies between guessing (0) and perfection (1), or ``None`` if that is undefined."""
    span = metric.best - baseline
    if span == 0 or (span > 0) != metric.greater_is_better:
        return None
    return (value - baseline) / span


def _compared(metric: Metric, value: float, baseline: float | None, guess: str) -> str:
    way = None if baseline is None else way_to_perfection(metric, value, baseline)
    if baseline is None or way is None:
        return ""
    if not metric.greater_is_better and metric.best == 0:
        lower = f"{percent(way)} lower than" if way > 0 else "no lower than"
        return f"That is {lower} {guess} ({number(baseline, 3)}); a perfect model scores 0."
    if way <= 0:
        return f"{capitalized(guess)} would score {number(baseline, 3)}, so the model gains nothing."
    return (
        f"That is {percent(way)} of the way from {guess} ({number(baseline, 3)}) to perfection "
        f"({number(metric.best, 3)})."
    )
