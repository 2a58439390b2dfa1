"""Rows that occur more than once, also across training and test data."""

import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.guardrails._guardrail import Guardrail
from podium_ml.validation.context import Context, hashable


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count repeated rows; those of a separate test set that were also learned are taken from the test."""
    names = [column.name for column in context.features] + [context.settings.target]
    if len(names) < 2:
        return guardrail.passed("There are no features to compare.")
    own = _hashes(context.table, names)
    repeated = int(own.duplicated().sum())
    if context.test is not None and set(names) <= set(context.test.columns):
        shared = _hashes(context.test, names).isin(own).to_numpy()
        if shared.any() and not shared.all():
            context.test = context.test[~shared].reset_index(drop=True)
            return guardrail.fixed(
                f"{int(shared.sum())} test rows are also training rows.",
                "They were taken from the test data.",
            )
        if shared.all():
            return guardrail.alert("Every test row is also a training row.", "The test scores say nothing.")
    if not repeated:
        return guardrail.passed("No row occurs twice.")
    return guardrail.fixed(
        f"{repeated} rows repeat earlier ones.", "Equal rows are kept on one side of the test split."
    )


def _hashes(table: pd.DataFrame, names: list[str]) -> pd.Series:
    return pd.util.hash_pandas_object(table[names].apply(hashable).astype(str), index=False)


SPEC = Guardrail("duplicate_rows", "Duplicate rows", "table", 110, check)
