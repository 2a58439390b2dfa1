"""Missing values in the columns to learn from."""

from podium_ml.contracts import GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

_MUCH = 0.9


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say where values are missing; encoders fill them in or pass them on as each algorithm needs."""
    shares = {column.name: float(context.values(column.name).isna().mean()) for column in context.features}
    found = dict(sorted(((n, s) for n, s in shares.items() if s), key=lambda item: -item[1]))
    if not found:
        return guardrail.passed("No value is missing.")
    details = [{"column": name, "missing": f"{share:.1%}"} for name, share in found.items()]
    seen = f"Missing values in {len(found)} of {len(shares)} columns, most in {name_list(found, most=3)}."
    done = "They are filled in within the folds, or left to algorithms that can tell them apart."
    if next(iter(found.values())) > _MUCH:
        return guardrail.alert(f"{seen} Some are almost empty.", done, columns=found, details=details)
    return guardrail.fixed(seen, done, columns=found, details=details)


SPEC = Guardrail("missing_values", "Missing values", "table", 50, check)
