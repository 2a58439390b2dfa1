"""Guardrails of texts with spans, one file each, discovered by walking this folder."""

from typing import Literal, get_args

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.registries.folder_registry import Registry

Phase = Literal["texts", "spans", "split"]
"""What a guardrail looks at; they run in this order."""

GUARDRAILS: Registry[Guardrail] = Registry(__name__, Guardrail, noun="guardrail")


def run_guardrails(context: Context) -> list[GuardrailResult]:
    """Run all guardrails in order, and return their results."""
    phases = get_args(Phase)
    chosen = sorted(GUARDRAILS.values(), key=lambda one: (phases.index(one.phase), one.order))
    return [guardrail.run(context) for guardrail in chosen]


__all__ = ["GUARDRAILS", "Guardrail", "Phase", "run_guardrails"]
