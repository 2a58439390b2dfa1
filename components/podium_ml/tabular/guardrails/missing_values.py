"""Missing values in the feature columns."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

_MUCH = 0.9


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report where values are missing; encoders impute them or pass them on, as each algorithm needs."""
    shares = {column.name: float(context.values(column.name).isna().mean()) for column in context.features}
    found = dict(sorted(((n, s) for n, s in shares.items() if s), key=lambda item: -item[1]))
    if not found:
        return guardrail.passed("No values are missing.")
    details = [{"column": name, "missing": f"{share:.1%}"} for name, share in found.items()]
    seen = f"{len(found)} of {len(shares)} columns have missing values, most in {name_list(found, most=3)}."
    done = _done([column.name for column in context.features if column.fill and column.name in found])
    if next(iter(found.values())) > _MUCH:
        return guardrail.alert(f"{seen} Some columns are almost empty.", done, columns=found, details=details)
    return guardrail.fixed(seen, done, columns=found, details=details)


def _done(asked: list[str]) -> str:
    """Say what becomes of missing values; some columns are filled as the user asked."""
    usual = "imputed within the folds, or left to algorithms that handle missing values."
    if not asked:
        return f"They are {usual}"
    return f"{name_list(asked)}: filled as you asked, within the folds. Others are {usual}"


SPEC = Guardrail("missing_values", "Missing values", "table", 50, check)
