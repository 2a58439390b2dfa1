"""Columns that repeat another column."""

from collections import Counter
from hashlib import blake2b

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.values.hashes import value_hashes

_FIRST = 1_000


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop columns that have the same values as a column further left."""
    first: dict[bytes, str] = {}
    twins: dict[str, str] = {}
    for name in _alike_at_first(context):
        digest = _digest(context.hashes(name))
        if digest in first:
            twins[name] = first[digest]
        else:
            first[digest] = name
    for name, other in twins.items():
        context.drop_column(name, f"Same values as '{other}'.")
    if not twins:
        return guardrail.passed("No column repeats another one.")
    return guardrail.fixed(
        f"Columns that repeat another column: {name_list(twins)}.",
        "They were dropped.",
        columns=twins,
        details=({"column": name, "same as": other} for name, other in twins.items()),
    )


def _alike_at_first(context: Context) -> list[str]:
    """Return the columns whose first values are those of another column; it is quick to leave out the others."""
    digests = {
        column.name: _digest(value_hashes(context.values(column.name).head(_FIRST)))
        for column in context.features
    }
    counts = Counter(digests.values())
    return [name for name, digest in digests.items() if counts[digest] > 1]


def _digest(hashes: np.ndarray) -> bytes:
    return blake2b(hashes.tobytes(), digest_size=16).digest()


SPEC = Guardrail("duplicate_columns", "Duplicate columns", "table", 30, check)
