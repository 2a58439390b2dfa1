"""Chooses the best model within the user's limits."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podium_ml.contracts import ModelChoice
from podium_ml.errors import TrainingError
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline
from podium_ml.selection.limits import Limits
from podium_ml.selection.model_store import Contender

Measure = Callable[[Contender], float]


@dataclass(frozen=True)
class Choice:
    """The chosen model and its alternatives.

    Attributes:
        winner: The chosen contender.
        reason: Reason for the choice, in one sentence for the user.
        choices: All contenders, best first.
    """

    winner: Contender
    reason: str
    choices: tuple[ModelChoice, ...]


def choose_model(
    contenders: Sequence[Contender],
    limits: Limits,
    *,
    metric: Metric,
    latency: Measure,
    deadline: Deadline,
) -> Choice:
    """Choose the model with the best out-of-fold score within the limits; ties go to the simpler model.

    Args:
        contenders: The models; not empty.
        limits: The user's limits.
        metric: The metric that models are compared by.
        latency: Returns the seconds that a contender takes to predict a single row.
        deadline: When to stop measuring latency, unless the choice depends on it. From then on, latency is estimated
            from the time per row in a batch during training and from the models that were measured.

    Raises:
        TrainingError: No model meets the limits.
    """
    ordered = sorted(contenders, key=lambda one: _rank(one, metric))
    measured: dict[str, float] = {}
    winner: Contender | None = None
    for one in ordered:
        admitted = not _reason_against(one, limits, seconds=0.0)
        if (winner is None and admitted) or not deadline.passed():
            measured[one.name] = latency(one)
            if winner is None and not _reason_against(one, limits, seconds=measured[one.name]):
                winner = one
    overhead = _overhead([one for one in ordered if one.name in measured], measured)
    choices = tuple(
        _judge(one, measured.get(one.name, one.predict_seconds + overhead * len(one.members)), limits)
        for one in ordered
    )
    if winner is None:
        raise TrainingError(_no_model_message(choices), limits.advice(choices))
    return Choice(winner, _explain(winner, choices, metric), choices)


def _overhead(contenders: Sequence[Contender], measured: dict[str, float]) -> float:
    """Return how much longer a single row takes than a row in a batch, in seconds per member."""
    extra = [(measured[one.name] - one.predict_seconds) / len(one.members) for one in contenders]
    return max(0.0, statistics.median(extra)) if extra else 0.0


def _rank(one: Contender, metric: Metric) -> tuple[float, int, bool, int, str]:
    """Return a sort key: score first, then simplicity, and nothing that changes from run to run."""
    return -metric.utility(one.score), len(one.members), not one.interpretable, one.size_bytes, one.name


def _reason_against(one: Contender, limits: Limits, *, seconds: float) -> str:
    return limits.reason_against(seconds=seconds, size=one.size_bytes, interpretable=one.interpretable)


def _judge(one: Contender, seconds: float, limits: Limits) -> ModelChoice:
    reason = _reason_against(one, limits, seconds=seconds)
    return ModelChoice(
        name=one.name,
        score=one.score,
        fit_seconds=one.fit_seconds,
        predict_milliseconds=seconds * 1000,
        size_bytes=one.size_bytes,
        eligible=not reason,
        reason=reason,
        interpretable=one.interpretable,
    )


def _no_model_message(choices: Sequence[ModelChoice]) -> str:
    reasons = "; ".join(f"{one.name}: {one.reason.rstrip('.')}" for one in choices)
    return f"No model meets the limits. {reasons}."


def _explain(winner: Contender, choices: Sequence[ModelChoice], metric: Metric) -> str:
    text = f"{winner.name} has the best out-of-fold {metric.title} ({winner.score:.5g})"
    utility = metric.utility(winner.score)
    better = [
        one.name
        for one in choices
        if not one.eligible and one.score is not None and metric.utility(one.score) > utility
    ]
    if better:
        text += f" of the models within the limits; these models score better, but break a limit: {', '.join(better)}"
    rest = [one for one in choices if one.eligible and one.name != winner.name]
    if rest and not better:
        text += f"; next is {rest[0].name} ({rest[0].score:.5g})"
    if winner.name == "baseline" and rest:
        text += "; no model beats guessing, so the columns may not predict the target"
    return f"{text}."
