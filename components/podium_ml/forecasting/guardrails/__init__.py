"""Guardrails of series, one file each, discovered by walking this folder."""

from typing import Literal, get_args

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.registries.folder_registry import Registry

Phase = Literal["times", "series", "values", "columns"]
"""What a guardrail looks at; they run in this order."""

GUARDRAILS: Registry[Guardrail] = Registry(__name__, Guardrail, noun="guardrail")


def run_guardrails(context: Context) -> list[GuardrailResult]:
    """Run all guardrails in order, and return their results.

    Args:
        context: The series.
    """
    phases = get_args(Phase)
    chosen = sorted(GUARDRAILS.values(), key=lambda one: (phases.index(one.phase), one.order))
    with np.errstate(all="ignore"):
        return [guardrail.run(context) for guardrail in chosen]


__all__ = ["GUARDRAILS", "Guardrail", "Phase", "run_guardrails"]
