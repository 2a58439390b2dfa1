"""Whether what a champion forecast has turned out worse than its test had let expect."""

from podium_ml.contracts import Decision, Problem
from podium_ml.metrics import problem_metric

# Of so many values, a score that is worse by this share tells more than chance.
_FEWEST_VALUES, _WORSE = 30, 0.25


def decay_of(decision: Decision, problem: Problem) -> str:
    """Return a sentence about the decay of the champion; empty if it forecasts as well as on its own test.

    Args:
        decision: Has ``record`` and ``expected``.
        problem: The problem of the run that looks at it.
    """
    metric, expected = problem_metric(problem), decision.expected
    now = decision.record.get(metric.name)
    if now is None or expected is None or decision.record.get("rows", 0) < _FEWEST_VALUES:
        return ""
    lost = metric.utility(expected) - metric.utility(now)
    if not lost > _WORSE * abs(expected):
        return ""
    return (
        f"The champion has decayed: its {metric.title} is {now:.3g} on what has happened since {decision.since}, and "
        f"was {expected:.3g} on its own test."
    )
