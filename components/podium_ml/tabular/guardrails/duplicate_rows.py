"""Rows that occur more than once, including across training and test data."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.split import equal_row_groups
from podium_ml.values.hashes import combine_hashes, hashable, row_hashes

# If more than this share of test rows are also training rows, and the training rows have a smaller share of distinct
# rows, equal rows are coincidences rather than copies.
_MOST_SHARED = 0.5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count repeated rows; keep them on one side of the split, or drop them from separate test data."""
    names = [column.name for column in context.features]
    if not names:
        return guardrail.passed("Not checked: there are no features to compare.")
    own = combine_hashes(map(context.hashes, names), rows=len(context.table))
    if context.test is not None:
        return _against_test(context, guardrail, own, names)
    codes = pd.factorize(own)[0]
    repeated = len(codes) - int(codes.max()) - 1
    if not repeated:
        return guardrail.passed("No row is repeated.")
    seen = f"{repeated} of {len(codes)} rows repeat an earlier row{_contradicting(context, codes)}."
    if len(np.unique(equal_row_groups(context))) == len(codes):
        return guardrail.passed(
            f"{seen} With so few distinct values in the columns, equal rows are to be expected."
        )
    if context.settings.time_column or context.settings.group_column:
        return guardrail.alert(
            seen, "Rows are split by time or group, so equal rows may be on both sides of the split."
        )
    return guardrail.fixed(seen, "Equal rows stay on one side of the test split.")


def _against_test(
    context: Context, guardrail: Guardrail, own: np.ndarray, names: list[str]
) -> GuardrailResult:
    assert context.test is not None
    target = context.settings.target
    shared = np.isin(row_hashes(context.test, [*names, target]), row_hashes(context.table, [*names, target]))
    seen = f"{int(shared.sum())} of {len(shared)} test rows are also training rows."
    if not shared.any():
        return guardrail.passed("No test row is also a training row.")
    if shared.all():
        return guardrail.alert(
            "Every test row is also a training row.", "The test scores say nothing about new rows."
        )
    if shared.mean() > _MOST_SHARED and len(np.unique(own)) < _MOST_SHARED * len(own):
        return guardrail.passed(
            f"{seen} With so few distinct values in the columns, equal rows are to be expected."
        )
    context.test = context.test[~shared].reset_index(drop=True)
    return guardrail.fixed(seen, "They were removed from the test data.")


def _contradicting(context: Context, codes: np.ndarray) -> str:
    """Return a clause on rows whose label differs from that of rows with the same features, or an empty string."""
    if context.target_type == "values":
        return ""
    labels = pd.factorize(hashable(context.target))[0]
    kinds = pd.Series(labels).groupby(codes).nunique()
    mixed = int((kinds > 1).to_numpy()[codes].sum())
    return f"; {mixed} rows have a different label than rows with the same features" if mixed else ""


SPEC = Guardrail("duplicate_rows", "Duplicate rows", "table", 110, check)
