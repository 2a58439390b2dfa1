"""Pictures that occur more than once, exactly or nearly."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.media.names import has_picture_suffix
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.picture_copies import picture_groups
from podium_ml.values.hashes import hashable

_DONE = "Copies, and pictures that are nearly the same, stay together in the test split and in the folds."
_SHOWN = 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find copies of pictures, and pictures that occur with different labels."""
    columns = [column.name for column in context.features if column.role == "image"]
    if not columns:
        return guardrail.passed("Not checked: there are no pictures.")
    exact, near = picture_groups(context.table[columns[0]])
    copies = len(exact) - len(np.unique(exact))
    close = len(near) - len(np.unique(near)) - copies
    if not copies and not close:
        return guardrail.passed("No picture occurs twice.")
    seen = f"{copies} of {len(exact)} pictures are copies of others; {close} more are nearly the same as another."
    mixed = list(_contradictions(context, exact))
    if mixed:
        shown = "; ".join(mixed[:_SHOWN]) + ("; ..." if len(mixed) > _SHOWN else "")
        return guardrail.alert(
            f"{seen} {len(mixed)} pictures occur with different labels: {shown}.",
            f"{_DONE} Correct the labels, or remove these pictures.",
            columns=columns,
            details=({"pictures": text} for text in mixed),
        )
    return guardrail.fixed(seen, _DONE, columns=columns)


def _contradictions(context: Context, exact: np.ndarray) -> Iterator[str]:
    """Yield the rows of each picture that occurs with several labels."""
    if context.target_type == "values":
        return
    labels, names = hashable(context.target).astype(str), _names(context.table)
    kinds = labels.groupby(exact).nunique()
    for code in kinds.index[kinds > 1]:
        rows = np.flatnonzero(exact == code)
        yield ", ".join(f"{names.iloc[row]} ({labels.iloc[row]})" for row in rows[:_SHOWN])


def _names(table: pd.DataFrame) -> pd.Series:
    """Return the names of the files, if a column has them, or the numbers of the rows."""
    for _, values in table.items():
        first = values.dropna().head(1).tolist()
        if first and isinstance(first[0], str) and has_picture_suffix(first[0]):
            return values.astype(str)
    return pd.Series([f"row {row + 1}" for row in range(len(table))])


SPEC = Guardrail("picture_copies", "Copies of pictures", "table", 115, check)
