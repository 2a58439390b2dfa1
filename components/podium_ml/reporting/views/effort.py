"""How long everything took."""

from dataclasses import dataclass

from podium_ml.contracts import Candidate
from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.effort_charts import score_over_time, time_charts
from podium_ml.reporting.formats import duration
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import metric_of, model_title
from podium_ml.values.quantities import parse_duration


@dataclass(frozen=True)
class BranchRow:
    """One branch.

    Attributes:
        title: The algorithm.
        trials: Configurations tried.
        outcomes: Trials that did not complete, e.g. ``"3 pruned, 1 failed"``; empty if all did.
        seconds: How long it took.
        width: The same in percent of the longest branch.
        memory: Peak memory in bytes, or 0 if unknown.
        score: Best out-of-fold score, or ``None``.
        note: Why it failed or ended early.
    """

    title: str
    trials: int
    outcomes: str
    seconds: float
    width: float
    memory: int
    score: float | None
    note: str


@dataclass(frozen=True)
class EffortView:
    """What the section shows."""

    total: str
    branches: tuple[BranchRow, ...]
    stages: tuple[tuple[str, float], ...]
    charts: tuple[Chart, ...]


def effort_view(facts: RunFacts) -> EffortView:
    """Compute the section."""
    metric = metric_of(facts.problem)
    longest = max((one.seconds for one in facts.candidates), default=0.0) or 1.0
    over_time = score_over_time(facts.trials, metric)
    return EffortView(
        total=time_in_words(facts) if facts.seconds is not None else "",
        branches=tuple(
            _branch(facts, one, longest)
            for one in sorted(facts.candidates, key=lambda one: (-one.seconds, one.algorithm))
        ),
        stages=tuple(_stages(facts)),
        charts=(*((over_time,) if over_time else ()), *time_charts(facts.evaluation.models, metric)),
    )


def _branch(facts: RunFacts, candidate: Candidate, longest: float) -> BranchRow:
    ended = [trial.outcome for trial in facts.trials if trial.algorithm == candidate.algorithm]
    kinds = (("pruned", "pruned"), ("failed", "failed"), ("timeout", "timed out"))
    counts = [f"{ended.count(kind)} {words}" for kind, words in kinds if kind in ended]
    return BranchRow(
        title=model_title(candidate.algorithm),
        trials=candidate.n_trials,
        outcomes=", ".join(counts),
        seconds=candidate.seconds,
        width=round(100 * candidate.seconds / longest, 1),
        memory=candidate.peak_memory_bytes,
        score=candidate.kept[0].score if candidate.kept else None,
        note=candidate.reason,
    )


def time_in_words(facts: RunFacts) -> str:
    """Return the wall-clock time of the run and its limit in a sentence."""
    limit = facts.settings.get("time_limit")
    within = f" of a limit of {duration(parse_duration(limit))}" if limit else ""
    return f"The run took {duration(facts.seconds)}{within}, until this was written."


def _stages(facts: RunFacts) -> list[tuple[str, float]]:
    """Return the stages that took a noticeable part of the time."""
    least = 0.01 * sum(seconds for _, seconds in facts.timings)
    return [(title, seconds) for title, seconds in facts.timings if seconds > least]
