"""Texts that are nearly equal to others."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.text_copies import with_texts
from podium_ml.values.hashes import hashable

_DONE = "They stay together in the test split and in the folds."
_FEWEST_TEST_ROWS = 30


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find texts that differ only in case, punctuation, markup and a few letters."""
    names = [column.name for column in context.features if column.role == "text"]
    if not names:
        return guardrail.passed("Not checked: there are no texts.")
    if context.deadline.passed():
        return guardrail.alert("Not checked: there was no time.")
    rows = len(context.table)
    both = (
        context.table if context.test is None else pd.concat([context.table, context.test], ignore_index=True)
    )
    codes = with_texts(np.arange(len(both)), both, context.features)
    if context.test is not None and np.isin(codes[rows:], codes[:rows]).any():
        return _against_test(context, guardrail, np.isin(codes[rows:], codes[:rows]))
    codes = codes[:rows]
    copies = rows - len(np.unique(codes))
    if not copies:
        return guardrail.passed("No text is nearly equal to another one.")
    seen = f"{copies} of {rows} texts are nearly equal to an earlier one{_contradicting(context, codes)}."
    if context.settings.time_column or context.settings.group_column:
        return guardrail.alert(
            seen, "Rows are split by time or group, so copies may be on both sides.", columns=names
        )
    return guardrail.fixed(seen, _DONE, columns=names)


def _against_test(context: Context, guardrail: Guardrail, shared: np.ndarray) -> GuardrailResult:
    assert context.test is not None
    seen = f"{int(shared.sum())} of {len(shared)} test texts are nearly equal to a training text."
    if shared.all():
        return guardrail.alert(seen, "The test scores say nothing about new texts.")
    context.test = context.test[~shared].reset_index(drop=True)
    if len(context.test) < _FEWEST_TEST_ROWS:
        return guardrail.alert(
            seen, f"They were removed, which leaves {len(context.test)}: too few for a reliable score."
        )
    return guardrail.fixed(seen, "They were removed from the test data.")


def _contradicting(context: Context, codes: np.ndarray) -> str:
    if context.target_type == "values":
        return ""
    labels = pd.factorize(hashable(context.target))[0]
    kinds = pd.Series(labels).groupby(codes).nunique()
    mixed = int((kinds > 1).to_numpy()[np.unique(codes, return_inverse=True)[1]].sum())
    return f"; {mixed} of them and of their copies have different labels" if mixed else ""


SPEC = Guardrail("text_copies", "Copies of texts", "table", 118, check)
