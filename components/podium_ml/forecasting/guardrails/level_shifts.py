"""Series whose level changes at once."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.guardrails._curves import filled, line, without_season
from podium_ml.forecasting.validation.context import Context, Sampled
from podium_ml.kinds.guardrail import Guardrail

# A side of the shift has so many steps; the shift has so many standard deviations of what is left, and a step explains
# the values so much better than a line.
_FEWEST, _LARGE, _BETTER = 8, 3.0, 0.5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series that two levels describe much better than one trend."""
    found = [(one, at) for one in context.sampled if (at := _shift_of(one, context.season))]
    if not found:
        return guardrail.passed(f"No series changes its level at once{context.scope}.")
    one, at = found[0]
    details = (
        {
            "series": context.panel.ids.name(one.code),
            "time": context.stamp(one.first + at),
            "before": float(np.nanmean(one.values[:at])),
            "after": float(np.nanmean(one.values[at:])),
        }
        for one, at in found[:20]
    )
    return guardrail.alert(
        f"The level changes at once in {context.named([one.code for one, _ in found])}, "
        f"first at {context.stamp(one.first + at)}{context.scope}.",
        "Models learn from all rows. If the time before no longer matters, leave it out.",
        details=details,
    )


def _shift_of(one: Sampled, season: int) -> int:
    """Return the place of the first value on a new level; 0 if there is none."""
    fewest = max(_FEWEST, season)
    if len(one.values) < 2 * fewest + 2:
        return 0
    values = without_season(filled(one), season)
    count = np.arange(1, len(values))
    total = np.cumsum(values)[:-1]
    left, right = total / count, (values.sum() - total) / (len(values) - count)
    gain = count * (len(values) - count) / len(values) * (left - right) ** 2
    gain[: fewest - 1] = gain[len(gain) - fewest + 1 :] = 0
    at = int(gain.argmax())
    rest = float(((values - values.mean()) ** 2).sum() - gain[at])
    trend = float(((values - line(values)) ** 2).sum())
    deviation = np.sqrt(max(rest, 0.0) / len(values))
    is_shift = rest < _BETTER * trend and abs(left[at] - right[at]) > _LARGE * deviation
    return at + 1 if is_shift else 0


SPEC = Guardrail("level_shifts", "Level shifts", "values", 50, check)
