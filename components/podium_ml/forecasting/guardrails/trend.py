"""Series that rise or fall."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.guardrails._curves import filled, line, without_season
from podium_ml.forecasting.validation.context import Context, Sampled
from podium_ml.kinds.guardrail import Guardrail

# A series has a trend if a line explains so much of it, without its season.
_EXPLAINED, _FEWEST = 0.3, 8


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the series with a trend."""
    changes = [_change(one, context.season) for one in context.sampled]
    up, down = sum(one > 0 for one in changes), sum(one < 0 for one in changes)
    if not up and not down:
        return guardrail.passed(f"No series has a clear trend{context.scope}.")
    return guardrail.passed(
        f"Rising: {up:,} of {len(changes):,} series. Falling: {down:,}{context.scope}.",
        details=(
            {"series": context.panel.ids.name(one.code), "change": f"{change:+.3g}"}
            for one, change in zip(context.sampled, changes, strict=True)
            if change
        ),
    )


def _change(one: Sampled, season: int) -> float:
    """Return by how much a series changes from its first to its last value; 0 without a trend."""
    if len(one.values) < max(_FEWEST, 2 * season):
        return 0.0
    values = without_season(filled(one), season)
    fitted = line(values)
    total = float(values.var())
    explained = float(fitted.var()) / total if total > 0 else 0.0
    return float(fitted[-1] - fitted[0]) if explained >= _EXPLAINED and np.isfinite(explained) else 0.0


SPEC = Guardrail("trend", "Trend", "values", 60, check)
