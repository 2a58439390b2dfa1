"""Rows whose target is missing, or was cancelled."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop rows without a target, and tell of those that were cancelled."""
    missing = context.target.isna().to_numpy()
    if context.test is not None and context.settings.target in context.test:
        context.test = context.test[context.test[context.settings.target].notna()].reset_index(drop=True)
    seen = []
    if context.cancelled:
        seen.append(f"The annotations of {context.cancelled} rows were cancelled (answer: reject or ignore).")
    if missing.any():
        context.keep_rows(~missing)
        seen.append(f"{missing.sum()} of {len(missing)} rows have no target.")
    return guardrail.fixed(" ".join(seen), "They were dropped.") if seen else guardrail.passed(_seen(context))


def _seen(context: Context) -> str:
    if context.target_type != "label_sets":
        return "Every row has a target."
    empty = sum(not len(labels) for labels in context.target)
    return f"Every row has a target; {empty} of {len(context.target)} are the empty set, which counts as an answer."


SPEC = Guardrail("missing_target", "Missing target", "target", 10, check)
