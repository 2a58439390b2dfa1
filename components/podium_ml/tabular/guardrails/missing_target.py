"""Rows whose target is missing."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop rows without a target."""
    missing = context.target.isna().to_numpy()
    if context.test is not None and context.settings.target in context.test:
        context.test = context.test[context.test[context.settings.target].notna()].reset_index(drop=True)
    if not missing.any():
        return guardrail.passed(_seen(context))
    context.keep_rows(~missing)
    return guardrail.fixed(f"{missing.sum()} of {len(missing)} rows have no target.", "They were dropped.")


def _seen(context: Context) -> str:
    if context.target_type != "label_sets":
        return "Every row has a target."
    empty = sum(not len(labels) for labels in context.target)
    return f"Every row has a target; {empty} of {len(context.target)} are the empty set, which counts as an answer."


SPEC = Guardrail("missing_target", "Missing target", "target", 10, check)
