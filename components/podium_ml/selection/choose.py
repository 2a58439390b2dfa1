"""Chooses the best model within the user's limits."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import ModelChoice
from podium_ml.errors import TrainingError
from podium_ml.metrics import Metric
from podium_ml.selection.limits import USUAL_LATENCY, Limits
from podium_ml.selection.model_store import Contender

# Of models whose scores differ by less than one standard error and by at most this share of the best one, the quickest
# is chosen. One standard error alone would often cost accuracy on few rows, where it is large.
_NEGLIGIBLE = 0.002
# Up to this factor, and up to the usual latency, models count as equally quick: measurements vary, and nobody notices.
_QUICK = 3.0


@dataclass(frozen=True)
class Measured:
    """What a model costs its user.

    Attributes:
        seconds: Seconds to predict one row, from the user's columns.
        size_bytes: Size of the saved model.
    """

    seconds: float
    size_bytes: int


Measure = Callable[[Contender], Measured]


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

    def affordable_seeds(self, limits: Limits, algorithms: Mapping[str, AlgorithmSpec]) -> dict[str, int]:
        """Return how many models with other seeds each member may become without breaking a limit.

        Small members come first.

        Args:
            limits: The user's limits. Without any, the usual ones count.
            algorithms: The algorithms of the kind of problem.

        Returns:
            Numbers greater than one, by algorithm.
        """
        costs = next(one for one in self.choices if one.name == self.winner.name)
        seconds, size = costs.predict_milliseconds / 1000, costs.size_bytes
        most, members = limits.or_usual(), _costs_by_algorithm(self.winner)
        small_first = sorted(members, key=lambda name: members[name].size_bytes)
        turns = range(2, 1 + max(algorithms[name].seeds for name in members))
        seeds: dict[str, int] = {}
        # A member that was refused once stays refused: what is spent only grows.
        for count, name in (
            (turn, one) for turn in turns for one in small_first if turn <= algorithms[one].seeds
        ):
            longer, larger = seconds + members[name].seconds, size + members[name].size_bytes
            if not most.reason_against(seconds=longer, size=larger, interpretable=self.winner.interpretable):
                seeds[name], seconds, size = count, longer, larger
        return seeds


def _costs_by_algorithm(contender: Contender) -> dict[str, Measured]:
    """Return what the members of each algorithm cost together."""
    found: dict[str, Measured] = {}
    for (name, _), trial in contender.members.items():
        before = found.get(name, Measured(0.0, 0))
        found[name] = Measured(before.seconds + trial.row_seconds, before.size_bytes + trial.size_bytes)
    return found


def choose_model(
    contenders: Sequence[Contender],
    limits: Limits,
    *,
    metric: Metric,
    measure: Measure,
    near: Collection[str] = (),
    tied: Collection[str] = (),
) -> Choice:
    """Choose the model with the best out-of-fold score within the limits.

    Of models whose scores are practically equal, the quickest is chosen; of about equally quick ones, the best. But an
    ensemble goes before a single model that is better by less than chance: that model is the best of many trials, and
    owes part of its score to luck, while an ensemble is scored with weights from other rows. An ensemble that knows
    that it is as good as a single model that was chosen likewise goes first, too.

    Args:
        contenders: The models; not empty.
        limits: The user's limits.
        metric: The metric that models are compared by.
        measure: Returns what a contender costs.
        near: Names of the contenders that differ from the best one by less than one standard error.
        tied: Names of those that differ from it by less than chance; see ``tied_with_best``.

    Raises:
        TrainingError: No model meets the limits.
    """
    ordered = sorted(contenders, key=lambda one: _rank(one, metric))
    measured = {one.name: measure(one) for one in ordered}
    within = [one for one in ordered if not _reason_against(one, measured[one.name], limits)]
    if not within:
        choices = tuple(_judge(one, measured[one.name], limits) for one in ordered)
        raise TrainingError(_no_model_message(choices), limits.advice(choices))
    equals = _equals(within, metric, near)
    quick = max(_QUICK * min(measured[one.name].seconds for one in equals), USUAL_LATENCY)
    close = [one for one in within if one is within[0] or one.name in tied or one.goes_first]
    ensembles = [one for one in close if len(one.members) > 1]
    winner = next(one for one in [*ensembles, *equals] if measured[one.name].seconds <= quick)
    choices = tuple(_judge(one, measured[one.name], limits) for one in ordered)
    return Choice(winner, _explain(winner, within[0], choices, metric), choices)


def _equals(within: Sequence[Contender], metric: Metric, near: Collection[str]) -> list[Contender]:
    """Return the contenders that are practically as good as the first one, which is the best."""
    best = within[0]
    if best.name not in near:
        return [best]
    least = metric.utility(best.score) - _NEGLIGIBLE * abs(best.score)
    return [one for one in within if one.name in near and metric.utility(one.score) >= least]


def _rank(one: Contender, metric: Metric) -> tuple[float, bool, int, bool, int, str]:
    """Return a sort key: score first, then simplicity, and nothing that changes from run to run.

    If a guess is perfect, as looking up words can be, models that are perfect as well go before it: they have learned
    what new words look like.
    """
    is_guess = one.name == "baseline" and one.score == metric.best
    simplicity = len(one.members), not one.interpretable, one.size_bytes
    return -metric.utility(one.score), is_guess, *simplicity, one.name


def _reason_against(one: Contender, measured: Measured, limits: Limits) -> str:
    return limits.reason_against(
        seconds=measured.seconds, size=measured.size_bytes, interpretable=one.interpretable
    )


def _judge(one: Contender, measured: Measured, limits: Limits) -> ModelChoice:
    reason = _reason_against(one, measured, limits)
    return ModelChoice(
        name=one.name,
        score=one.score,
        fit_seconds=one.fit_seconds,
        predict_milliseconds=measured.seconds * 1000,
        size_bytes=measured.size_bytes,
        eligible=not reason,
        reason=reason,
        interpretable=one.interpretable,
    )


def _within(winner: Contender) -> str:
    return " within what choosing the best costs" if winner.goes_first else ", as far as the rows can tell"


def _no_model_message(choices: Sequence[ModelChoice]) -> str:
    reasons = "; ".join(f"{one.name}: {one.reason.rstrip('.')}" for one in choices)
    return f"No model meets the limits. {reasons}."


def _explain(winner: Contender, best: Contender, choices: Sequence[ModelChoice], metric: Metric) -> str:
    text = f"{winner.name} has the best out-of-fold {metric.title} ({winner.score:.5g})"
    if winner is not best and len(winner.members) > 1:
        text = (
            f"{winner.name} is as good as {best.name}{_within(winner)} (out-of-fold {metric.title} "
            f"{winner.score:.5g} and {best.score:.5g}), and its score owes less to chance"
        )
    elif winner is not best:
        text = (
            f"{winner.name} predicts quickest of the models whose out-of-fold {metric.title} is practically the best "
            f"({winner.score:.5g}; {best.name} has {best.score:.5g})"
        )
    utility = metric.utility(best.score)
    better = [
        one.name
        for one in choices
        if not one.eligible and one.score is not None and metric.utility(one.score) > utility
    ]
    if better:
        text += f" of the models within the limits; these models score better, but break a limit: {', '.join(better)}"
    rest = [one for one in choices if one.eligible and one.name != winner.name]
    if rest and not better and winner is best:
        text += f"; next is {rest[0].name} ({rest[0].score:.5g})"
    if winner.name == "baseline" and rest:
        text += "; no model beats guessing, so the columns may not predict the target"
    return f"{text}."
