"""Single values that are far from those around them."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.guardrails._curves import spread
from podium_ml.forecasting.validation.context import Context, Sampled
from podium_ml.kinds.guardrail import Guardrail

# So many standard deviations from both neighbours, of which a series must have so many.
_FAR, _FEWEST = 10.0, 20


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report values that are far from the values one season before and after, on the same side of both."""
    found = [(one, at) for one in context.sampled if len(at := _outliers(one, context.season))]
    if not found:
        return guardrail.passed(f"No value is far from all others{context.scope}.")
    count = sum(len(at) for _, at in found)
    one, at = found[0]
    first = f"{one.values[at[0]]:,.6g} at {context.stamp(one.first + int(at[0]))}"
    details = (
        {
            "series": context.panel.ids.name(one.code),
            "time": context.stamp(one.first + int(at[0])),
            "value": float(one.values[at[0]]),
            "outliers": len(at),
        }
        for one, at in found[:20]
    )
    return guardrail.alert(
        f"{count:,} values are far from all others in {context.named([one.code for one, _ in found])}, "
        f"the first {first}{context.scope}.",
        "They were kept. Name holidays and events with --holidays; correct mistakes, or leave them empty.",
        details=details,
    )


def _outliers(one: Sampled, season: int) -> np.ndarray:
    """Return the places of values that are far from those a season before and after."""
    values = one.values
    lag = season if len(values) >= 4 * season else 1
    if np.isfinite(values).sum() < max(_FEWEST, 2 * lag + 1):
        return np.zeros(0, dtype=np.int64)
    usual = np.nanmedian(values)
    before = np.where(np.isnan(shifted := _shift(values, lag)), usual, shifted)
    after = np.where(np.isnan(shifted := _shift(values, -lag)), usual, shifted)
    noise = max(spread(values - before), 1e-6 * abs(usual), spread(values) / 3)
    low, high = values - before, values - after
    alike = np.sign(low) == np.sign(high)
    far = np.minimum(np.abs(low), np.abs(high)) > _FAR * noise
    return np.flatnonzero(alike & far & (noise > 0))


def _shift(values: np.ndarray, lag: int) -> np.ndarray:
    """Return the values some steps before, or after if the lag is negative; NaN where there are none."""
    shifted = np.full(len(values), np.nan)
    if lag > 0:
        shifted[lag:] = values[:-lag]
    else:
        shifted[:lag] = values[-lag:]
    return shifted


SPEC = Guardrail("outliers", "Outliers", "values", 40, check)
