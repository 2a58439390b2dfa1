"""Champion and challenger: which model is in use from now on, and why."""

from dataclasses import dataclass

from podium_ml.champions.decay import decay_of
from podium_ml.contracts import Decision, GuardrailResult
from podium_ml.reporting.formats import number
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import called, in_sentence, metric_of, model_title

_DRIFT = "champion_drift"


@dataclass(frozen=True)
class ChampionView:
    """What the section shows.

    Attributes:
        title: The decision in a few words.
        reason: Why it was decided so.
        promoted: Whether the new model becomes the champion.
        champion: Name and version of the previous champion, or empty.
        challenger: Title of the new model.
        metric: Title of the metric that was compared.
        scores: Label and number of each row; empty if the models were not compared.
        drift: Result of the drift guardrail, or ``None``.
        decay: Says that the champion forecasts worse than it did; empty if not.
    """

    title: str
    reason: str
    promoted: bool
    champion: str
    challenger: str
    metric: str
    scores: tuple[tuple[str, str], ...]
    drift: GuardrailResult | None
    decay: str


def champion_view(facts: RunFacts) -> ChampionView | None:
    """Compute the section, or return ``None`` if there was no decision."""
    decision = facts.decision
    if decision is None:
        return None
    drift = next((one for one in facts.guardrails if one.name == _DRIFT and decision.champion), None)
    return ChampionView(
        title=_title(decision),
        reason=decision.reason,
        promoted=decision.promoted,
        champion=decision.champion,
        challenger=called(model_title(decision.challenger)),
        metric=in_sentence(metric_of(facts.problem).title),
        scores=(*_record(decision, facts), *_scores(decision)),
        drift=drift,
        decay=decay_of(decision, facts.problem),
    )


def _title(decision: Decision) -> str:
    if not decision.promoted and decision.champion:
        return f"{decision.champion} stays the champion"
    if not decision.promoted:
        return "The new model does not become the champion"
    if decision.champion:
        return f"The new model replaces {decision.champion} as champion"
    return "The new model is the first champion"


def _record(decision: Decision, facts: RunFacts) -> tuple[tuple[str, str], ...]:
    """Return how well the champion had forecast what has happened since."""
    if not decision.record:
        return ()
    rows, covered = decision.record["rows"], decision.record.get("coverage")
    metric = metric_of(facts.problem)
    found = [
        (
            f"{metric.title} of what the champion had forecast after {decision.since}, {rows:,.0f} values",
            number(decision.record.get(metric.name)),
        )
    ]
    if covered is not None:
        found.append(("Share of these values within its 80% intervals", f"{100 * covered:.0f}%"))
    return tuple(found)


def _scores(decision: Decision) -> tuple[tuple[str, str], ...]:
    if decision.improvement is None:
        return ()
    found = [
        ("Champion" if decision.champion else "Baseline", number(decision.champion_score)),
        ("Challenger", number(decision.challenger_score)),
        ("Improvement", number(decision.improvement)),
    ]
    if decision.low is not None and decision.high is not None:
        ends = f"{number(decision.low)} to {number(decision.high)}"
        found.append(
            (f"Interval of the improvement, {number(100 * decision.confidence)}% sure of each end", ends)
        )
    found += [
        ("Margin the lower end must exceed", number(decision.margin)),
        ("Test rows neither model has seen", f"{decision.rows:,}"),
    ]
    if decision.champion:
        found += [
            ("Test rows left out because the champion was trained on them", f"{decision.seen_rows:,}"),
            ("Challenges to the champion on these rows, with this one", f"{decision.attempt:,}"),
        ]
    return tuple(found)
