"""Champion and challenger: which of them is in use from now on, and why."""

from dataclasses import dataclass

from podium_ml.contracts import Decision, GuardrailResult
from podium_ml.reporting.formats import number
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import metric_of, model_title

_DRIFT = "champion_drift"


@dataclass(frozen=True)
class ChampionView:
    """What the section shows.

    Attributes:
        title: The decision in a few words.
        reason: Why.
        promoted: Whether the new model takes the title.
        champion: Name and version of the model that had it, or empty.
        challenger: The new model.
        metric: What was compared.
        scores: Words and numbers, one pair a row; empty if they were not compared.
        drift: What the guardrail saw, or ``None``.
    """

    title: str
    reason: str
    promoted: bool
    champion: str
    challenger: str
    metric: str
    scores: tuple[tuple[str, str], ...]
    drift: GuardrailResult | None


def champion_view(facts: RunFacts) -> ChampionView | None:
    """Work out the section; ``None`` where nothing was decided."""
    decision = facts.decision
    if decision is None:
        return None
    drift = next((one for one in facts.guardrails if one.name == _DRIFT and decision.champion), None)
    return ChampionView(
        title=_title(decision),
        reason=decision.reason,
        promoted=decision.promoted,
        champion=decision.champion,
        challenger=model_title(decision.challenger),
        metric=metric_of(facts.problem).title,
        scores=_scores(decision),
        drift=drift,
    )


def _title(decision: Decision) -> str:
    if not decision.promoted:
        return f"{decision.champion} stays the champion" if decision.champion else "There is no champion"
    return (
        f"The new model takes the place of {decision.champion}" if decision.champion else "The first champion"
    )


def _scores(decision: Decision) -> tuple[tuple[str, str], ...]:
    if decision.improvement is None:
        return ()
    found = [
        ("Champion", number(decision.champion_score)),
        ("Challenger", number(decision.challenger_score)),
        ("Improvement", number(decision.improvement)),
    ]
    if decision.low is not None and decision.high is not None:
        ends = f"{number(decision.low)} to {number(decision.high)}"
        found.append(("Of which, with 90 % confidence (the lower end alone: 95 %)", ends))
    found += [
        ("Margin that the lower end must exceed", number(decision.margin)),
        ("Test rows that neither had seen", f"{decision.rows:,}"),
        ("Test rows left out, for the champion has learned from them", f"{decision.seen_rows:,}"),
    ]
    return tuple(found)
