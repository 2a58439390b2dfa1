"""Rows that occur more than once, including across training and test data."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.copies import find_copies
from podium_ml.values.hashes import hashable, row_hashes, value_hashes

_EXPECTED = "The columns have few distinct values, so that equal rows are to be expected."
# If more than this share of the rows repeats, the rows say much less than their number promises.
_MANY = 0.5
_FEWEST_TEST_ROWS = 30


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find copies of rows; keep them together in every split, and drop them from separate test data."""
    names = [column.name for column in context.features]
    if not names:
        return guardrail.passed("Not checked: there are no features to compare.")
    hashes, context.copies_together = find_copies(map(context.hashes, names), rows=len(context.table))
    if context.test is not None:
        return _against_test(context, guardrail, names)
    codes = pd.factorize(hashes)[0]
    distinct = int(codes.max()) + 1
    if distinct == len(codes):
        return guardrail.passed("No row is repeated.")
    seen = (
        f"{len(codes) - distinct} of {len(codes)} rows repeat an earlier row{_contradicting(context, codes)}."
    )
    if not context.copies_together:
        return guardrail.passed(f"{seen} {_EXPECTED}")
    if context.settings.time_column or context.settings.group_column:
        return guardrail.alert(
            seen, "Rows are split by time or group, so equal rows may be on both sides of the split."
        )
    done = "Equal rows stay together in the test split and in the folds."
    if len(codes) - distinct <= _MANY * len(codes):
        return guardrail.fixed(seen, done)
    return guardrail.alert(
        seen, f"{done} The scores are no more certain than those of {distinct} different rows."
    )


def _against_test(context: Context, guardrail: Guardrail, names: list[str]) -> GuardrailResult:
    assert context.test is not None
    columns = [*names, context.settings.target]
    shared = np.isin(row_hashes(context.test, columns), row_hashes(context.table, columns))
    if not shared.any():
        return guardrail.passed("No test row is also a training row.")
    seen = f"{int(shared.sum())} of {len(shared)} test rows are also training rows."
    both = (np.concatenate([context.hashes(name), value_hashes(context.test[name])]) for name in names)
    if not find_copies(both, rows=len(context.table) + len(shared))[1]:
        return guardrail.passed(f"{seen} {_EXPECTED}")
    if shared.all():
        return guardrail.alert(
            "Every test row is also a training row.", "The test scores say nothing about new rows."
        )
    context.test = context.test[~shared].reset_index(drop=True)
    left = len(context.test)
    if left < _FEWEST_TEST_ROWS:
        return guardrail.alert(seen, f"They were removed, which leaves {left}: too few for a reliable score.")
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
