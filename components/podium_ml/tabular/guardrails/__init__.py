"""Guardrails, one file each, discovered by walking this folder."""

from typing import Literal

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.registries.folder_registry import Registry
from podium_ml.tabular.validation.context import Context

Phase = Literal["target", "table", "split"]
"""Before the target is checked, before the split, or after it."""

GUARDRAILS: Registry[Guardrail] = Registry(__name__, Guardrail, noun="guardrail")


def run_guardrails(context: Context, *, phase: Phase) -> list[GuardrailResult]:
    """Run the guardrails of a phase in order, and return their results.

    Args:
        context: The data; guardrails may change it.
        phase: Phase to run.
    """
    chosen = sorted((g for g in GUARDRAILS.values() if g.phase == phase), key=lambda g: g.order)
    return [guardrail.run(context) for guardrail in chosen]


__all__ = ["GUARDRAILS", "Guardrail", "Phase", "run_guardrails"]
