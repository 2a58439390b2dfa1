"""Guardrails of pictures with objects, one file each, discovered by walking this folder."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.context import Context
from podium_ml.registries.folder_registry import Registry

GUARDRAILS: Registry[Guardrail] = Registry(__name__, Guardrail, noun="guardrail")


def run_guardrails(context: Context) -> list[GuardrailResult]:
    """Run all guardrails in order, and return their results."""
    return [one.run(context) for one in sorted(GUARDRAILS.values(), key=lambda one: one.order)]


__all__ = ["GUARDRAILS", "Guardrail", "run_guardrails"]
