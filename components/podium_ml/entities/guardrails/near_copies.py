"""Texts that are nearly equal, or of one document."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts that share a unit with another one."""
    units = (
        np.concatenate([context.train.units, context.test.units])
        if not context.separate
        else context.train.units
    )
    sizes = np.unique(units, return_counts=True)[1]
    together = int(sizes[sizes > 1].sum())
    if not together:
        return guardrail.passed("No two texts are nearly equal or of one document.")
    return guardrail.fixed(
        f"{together:,} of {len(units):,} texts are copies of others but for case, punctuation and a few letters, or of "
        "one document.",
        "They stay together in the folds and on one side of the test.",
    )


SPEC = Guardrail("near_copies", "Copies of texts", "split", 10, check)
