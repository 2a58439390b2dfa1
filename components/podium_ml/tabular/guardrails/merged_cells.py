"""Columns that name a group of rows only in its first row, as sheets with merged cells do."""

import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

# Groups have at least so many rows on average, and there are at least two.
_ROWS_OF_A_GROUP, _FEWEST_GROUPS = 5, 2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Fill columns down whose first row has a value, and few others, each of them another."""
    found = [c.name for c in context.features if _is_merged(context.table[c.name], c)]
    if not found:
        return guardrail.passed("No column is filled only where its value changes.")
    context.table = _filled(context.table, found)
    if context.test is not None:
        context.test = _filled(context.test, [name for name in found if name in context.test])
    counts = {name: int(context.table[name].nunique()) for name in found}
    return guardrail.alert(
        f"Columns with a value only where it changes, as in merged cells: {name_list(found)}.",
        "Each value was taken for the rows below it, too. New rows need it in every row."
        f" `--types {found[0]}=ignore` leaves a column out.",
        columns=found,
        details=({"column": name, "groups": count} for name, count in counts.items()),
    )


def _is_merged(values: pd.Series, column: Column) -> bool:
    present = values.notna().to_numpy()
    groups = int(present.sum())
    if column.role != "categorical" or not _FEWEST_GROUPS <= groups <= len(values) / _ROWS_OF_A_GROUP:
        return False
    return bool(present[0]) and values[present].astype(str).nunique() == groups


def _filled(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return table.assign(**{name: table[name].ffill() for name in names})


SPEC = Guardrail("merged_cells", "Merged cells", "target", 0, check)
