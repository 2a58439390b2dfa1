"""Columns that are the same in all rows of most series, but not of all."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail, name_list

# A column seems to be static if it varies in at most this share of at least so many series, and seldom there.
_FEW, _FEWEST_SERIES, _SELDOM = 0.2, 3, 0.05


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report columns that seem to describe series, but change within some of them."""
    settings, panel = context.settings, context.panel
    named = settings.target, settings.time_column, settings.weight_column
    used = {*named, *settings.series_columns, *settings.known_columns}
    others = [str(name) for name in panel.table.columns if name not in {*used, *context.static}]
    found = {name: codes for name in others if len(codes := _varying(context, name))}
    if not found:
        return guardrail.passed("No column describes most series, but varies within some.")
    first = next(iter(found))
    return guardrail.alert(
        f"Columns that are the same in all rows of most series, but not of all: {name_list(found)}. "
        f"'{first}' varies in {context.named(found[first])}.",
        "They are not used, because their future values are not known.",
        columns=found,
    )


def _varying(context: Context, name: str) -> np.ndarray:
    """Return the few series in which a column varies, seldom; nothing if it is not nearly static."""
    changes, lengths = context.changes(name), context.panel.lengths
    long = lengths > 1
    varying = np.flatnonzero(changes > 0)
    if long.sum() < _FEWEST_SERIES or len(varying) > max(1, _FEW * long.sum()):
        return varying[:0]
    seldom = changes[varying] <= np.maximum(1, _SELDOM * lengths[varying])
    return varying if seldom.all() else varying[:0]


SPEC = Guardrail("varying_static", "Static columns that vary", "columns", 20, check)
