"""Values of a regression target far from all others."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.values.numbers import read_numbers

# Distance from the middle half of the values, in interquartile ranges.
_FAR = 10.0


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report target values that would dominate squared errors."""
    if context.target_type != "values":
        return guardrail.passed("Not checked: the target is categorical.")
    y = read_numbers(context.target)
    low, high = np.quantile(y, [0.25, 0.75])
    reach = _FAR * (high - low)
    far = np.flatnonzero((y < low - reach) | (y > high + reach)) if reach > 0 else np.array([], dtype=int)
    if not len(far):
        return guardrail.passed("No target value is far from all others.")
    order = far[np.argsort(-np.abs(y[far] - np.median(y)))]
    return guardrail.alert(
        f"{len(far)} target values lie more than {_FAR:.0f} interquartile ranges from the middle half.",
        "They were kept; check whether they are correct. "
        "The metrics mae and rmsle are less sensitive to them than rmse.",
        columns=[context.settings.target],
        details=({"row": int(row) + 1, "value": float(y[row])} for row in order),
    )


SPEC = Guardrail("target_outliers", "Outliers in the target", "table", 100, check)
