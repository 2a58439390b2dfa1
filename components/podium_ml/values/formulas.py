"""Texts in CSV files that a spreadsheet program would run as formulas."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# What begins a formula. After a sign, only numbers, dates and telephone numbers are harmless.
_FORMULA = re.compile(r"\s*[=@＝＠](?=.)|\s*[+\-＋－](?![\s\d.,:/()%eE+-]*$)|[\t\r]")


def without_formulas(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table with an apostrophe before each text that is a formula, in names and cells.

    Args:
        table: The table.
    """
    import pandas as pd

    names = [_plain(name) for name in table.columns]
    texts = [at for at, kind in enumerate(table.dtypes) if not pd.api.types.is_numeric_dtype(kind)]
    changed = {at: table.iloc[:, at].map(_plain) for at in texts if _has_formula(table.iloc[:, at])}
    if not changed and names == list(table.columns):
        return table
    columns = [changed.get(at, table.iloc[:, at]) for at in range(table.shape[1])]
    result = pd.concat(columns, axis=1) if columns else table.copy()
    result.columns = pd.Index(names)
    return result


def _has_formula(column: "pd.Series") -> bool:
    return any(isinstance(value, str) and _FORMULA.match(value) for value in column)


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
