"""Stamps within series that have no row."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# A larger share needs a look.
_MANY = 0.3
_DONE = {
    "": "Forecasters fill them; they are never scored.",
    "zero": "They were filled with 0.",
    "previous": "They were filled with the value before.",
}


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the stamps between the first and the last row of each series that have none."""
    panel = context.panel
    closed = np.asarray(context.closed.any(axis=1))  # told by another guardrail
    missing = np.where(closed, 0, panel.last_steps - panel.first_steps + 1 - panel.lengths)
    total = int(missing.sum())
    if not total:
        return guardrail.passed("No stamp within a series is missing.")
    worst = np.argsort(-missing, kind="stable")
    worst = worst[missing[worst] > 0]
    first = _first_gap(context, closed)
    share = total / (total + len(panel.table))
    seen = f"{total:,} stamps ({share:.1%}) within the series have no row, the first at {first}."
    details = (
        {"series": panel.ids.name(int(code)), "rows": int(panel.lengths[code]), "missing": int(missing[code])}
        for code in worst[:20]
    )
    done = _DONE[context.settings.fill]
    if share < _MANY or context.settings.fill:
        return guardrail.fixed(seen, done, details=details)
    return guardrail.alert(seen, f"{done} If no row means no sales, give --fill zero.", details=details)


def _first_gap(context: Context, closed: np.ndarray) -> str:
    panel = context.panel
    gaps = (np.diff(panel.steps) > 1) & (np.diff(panel.series) == 0) & ~closed[panel.series[1:]]
    row = int(np.flatnonzero(gaps)[0])
    stamp = context.stamp(int(panel.steps[row]) + 1)
    return f"{stamp} of {panel.ids.quoted(int(panel.series[row]))}" if panel.ids.columns else stamp


SPEC = Guardrail("missing_times", "Missing times", "times", 50, check)
