"""Known columns that tell the target."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.values.numbers import read_numbers

_SAME, _MOST_ROWS = 0.999, 200_000


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report columns of numbers that are the target in other units, or nearly so, within the series."""
    mirrors = [name for name in context.settings.known_columns if _mirrors(context, name)]
    if not mirrors:
        return guardrail.passed("No known column mirrors the target.")
    return guardrail.alert(
        f"Known columns that nearly equal '{context.settings.target}': {name_list(mirrors)}.",
        "Are their values really known before the target is? If not, leave them out of --known.",
        columns=mirrors,
    )


def _mirrors(context: Context, name: str) -> bool:
    rows = slice(0, _MOST_ROWS)
    values = pd.DataFrame({
        "target": context.values[rows],
        "column": read_numbers(context.panel.table[name].iloc[rows]),
    })  # fmt: skip
    within = values - values.groupby(context.panel.series[rows]).transform("mean")
    within = within.dropna()
    target, column = within["target"].to_numpy(), within["column"].to_numpy()
    size = float(np.sqrt((target @ target) * (column @ column)))
    return len(within) >= 3 and size > 0 and bool(abs(target @ column) >= _SAME * size)


SPEC = Guardrail("known_target", "Known columns that tell the target", "columns", 10, check)
