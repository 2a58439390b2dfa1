"""The first screen: the question, the answer and how far to trust it."""

from dataclasses import dataclass

from podium_ml.metrics import Metric
from podium_ml.reporting.formats import counted, duration, number, percent, short
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import called, capitalized, in_sentence, metric_of
from podium_ml.reporting.views.remarks import Remark, remarks
from podium_ml.reporting.views.scores import (
    BASELINE,
    PrimaryScore,
    baseline_score,
    chosen_model,
    chosen_title,
    primary_score,
)
from podium_ml.reporting.words import score_in_words
from podium_ml.targets import target_of
from podium_ml.values.quantities import parse_duration

# A widely known metric for each type of target, with its label and a note that compares it with the baseline.
_FAMILIAR = {
    "labels": ("accuracy", "Correct answers", "of test rows; {baseline} if the answer is always the same"),
    "label_sets": (
        "subset_accuracy",
        "Exactly right",
        "of test rows; {baseline} if the answer is always the same",
    ),
    "values": ("r2", "Explained", "of the target's variance (R²)"),
}


@dataclass(frozen=True)
class Tile:
    """A number with its label and a note."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Gauge:
    """Where the score lies between guessing and perfection, in percent of the scale's width.

    Attributes:
        baseline: Position of the baseline.
        value: Position of the score.
        low: Position of the interval's left end, or ``None``.
        high: Position of its right end, or ``None``.
        baseline_label: Label at the baseline.
        best_label: Label at perfection.
    """

    baseline: float
    value: float
    low: float | None
    high: float | None
    baseline_label: str
    best_label: str


@dataclass(frozen=True)
class Headline:
    """The first screen."""

    work: str
    baseline_is: str
    question: str
    answer: str
    in_words: str
    gauge: Gauge | None
    tiles: tuple[Tile, ...]
    remarks: tuple[Remark, ...]


def headline(facts: RunFacts) -> Headline:
    """Compute the first screen."""
    score, metric = primary_score(facts), metric_of(facts.problem)
    return Headline(
        work=target_of(facts.problem).work,
        baseline_is=target_of(facts.problem).baseline_is,
        question=_question(facts),
        answer=_answer(facts, metric, score),
        in_words=_in_words(facts, metric, score) if score else "",
        gauge=_gauge(metric, score, target_of(facts.problem).guess) if score else None,
        tiles=tuple(_tiles(facts, metric, score)),
        remarks=tuple(remarks(facts, metric, score)),
    )


def _in_words(facts: RunFacts, metric: Metric, score: PrimaryScore) -> str:
    if facts.selection.chosen == BASELINE:
        return "It predicts the same for every row, whatever the columns contain."
    median = chosen_model(facts).test.get("median_absolute_error")
    return score_in_words(
        facts.problem, metric, score.value, score.baseline, median=median.value if median else None
    )


def _question(facts: RunFacts) -> str:
    problem = facts.problem
    question = target_of(problem).question(problem, shorten=lambda label: short(label, 80))
    if problem.series is not None:
        return question
    total, used = len(problem.features), chosen_model(facts).n_columns
    columns = f"{used} of {counted(total, 'column')}" if 0 < used < total else counted(total, "column")
    return f"{question} Predicted from {columns}."


def _answer(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> str:
    chosen = capitalized(f"{called(chosen_title(facts))} was chosen")
    if score is None:
        return f"{chosen}, but it could not be scored."
    value = f"{in_sentence(metric.title)} is {number(score.value, 3)}"
    if not score.on_test:
        return f"{chosen}. Its out-of-fold {value}."
    return f"{chosen}. On {counted(facts.evaluation.rows, 'row')} it had never seen, its {value}."


def _gauge(metric: Metric, score: PrimaryScore, guess: str) -> Gauge | None:
    if score.baseline is None or score.baseline == metric.best:
        return None
    if (metric.best > score.baseline) != metric.greater_is_better:
        return None
    worst = min(score.baseline, score.value, score.low or score.value, key=metric.utility)
    if score.high is not None:
        worst = min(worst, score.high, key=metric.utility)
    start = worst - 0.06 * (metric.best - worst)

    def place(value: float) -> float:
        return round(100 * (value - start) / (metric.best - start), 2)

    ends = [place(end) for end in (score.low, score.high) if end is not None]
    return Gauge(
        baseline=place(score.baseline),
        value=place(score.value),
        low=max(0.0, min(ends)) if ends else None,
        high=min(100.0, max(ends)) if ends else None,
        baseline_label=f"{guess} {number(score.baseline, 3)}",
        best_label=f"perfect {number(metric.best, 3)}",
    )


def _tiles(facts: RunFacts, metric: Metric, score: PrimaryScore | None) -> list[Tile]:
    tiles, target = [], target_of(facts.problem)
    if score is not None:
        note = "out of fold" if not score.on_test else ""
        if score.low is not None and score.high is not None:
            note = f"95% interval {number(score.low, 3)} to {number(score.high, 3)}"
        tiles.append(Tile(metric.title, number(score.value, 3), note))
    if score is not None and score.baseline is not None:
        tiles.append(Tile(capitalized(target.guess), number(score.baseline, 3), target.guess_note))
    tiles += _familiar_metric(facts, metric)
    problem = facts.problem
    tiles.append(
        Tile(
            "Rows",
            f"{problem.n_train + problem.n_test:,}",
            f"{problem.n_train:,} for training, {problem.n_test:,} for testing",
        )
    )
    tried = len(facts.trials)
    tiles.append(
        Tile("Configurations tried", f"{tried:,}", f"of {counted(len(facts.candidates), 'algorithm')}")
    )
    if facts.seconds is not None:
        limit = facts.settings.get("time_limit")
        within = f"; the limit was {duration(parse_duration(limit))}" if limit else ""
        note = f"from start to report{within}"
        tiles.append(Tile("Time", duration(facts.seconds), note))
    return tiles


def _familiar_metric(facts: RunFacts, metric: Metric) -> list[Tile]:
    """Return a widely known metric, unless it is the primary one already."""
    familiar = _FAMILIAR.get(target_of(facts.problem).name)
    if familiar is None:
        return []
    name, label, note = familiar
    found = chosen_model(facts).test.get(name)
    if name == metric.name or found is None or found.value is None:
        return []
    baseline = _same_answer(facts) if name == "accuracy" else baseline_score(facts, name)
    compared = note.split(";")[0] if baseline is None else note.format(baseline=percent(baseline))
    return [Tile(label, percent(found.value), compared)]


def _same_answer(facts: RunFacts) -> float | None:
    """Return the accuracy of the most frequent class; the baseline may answer otherwise, as the metric asks."""
    rows = [sum(row) for row in facts.evaluation.charts.get("confusion_matrix", {}).get("matrix", ())]
    return max(rows) / sum(rows) if sum(rows) else None
