"""Guardrails, one file each, discovered by walking this folder."""

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import PodiumError
from podium_ml.registries.folder_registry import Registry
from podium_ml.tabular.guardrails._guardrail import Guardrail, Phase
from podium_ml.tabular.validation.context import Context

GUARDRAILS: Registry[Guardrail] = Registry(__name__, Guardrail, noun="guardrail")


def run_guardrails(context: Context, *, phase: Phase) -> list[GuardrailResult]:
    """Run the guardrails of a phase in order, and return their results.

    Args:
        context: The data; guardrails may change it.
        phase: Phase to run: before the target is checked, before the split, or after it.
    """
    chosen = sorted((g for g in GUARDRAILS.values() if g.phase == phase), key=lambda g: g.order)
    return [_run(guardrail, context) for guardrail in chosen]


def _run(guardrail: Guardrail, context: Context) -> GuardrailResult:
    """Run one guardrail; its failure on unusual data must not end the run."""
    try:
        return guardrail.check(context, guardrail)
    except PodiumError:
        raise
    except Exception as error:
        return guardrail.alert(f"This could not be checked ({type(error).__name__}: {error}).")


__all__ = ["GUARDRAILS", "Guardrail", "Phase", "run_guardrails"]
