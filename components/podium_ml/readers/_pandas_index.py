"""Row numbers that pandas stored as a column."""

import re

import pyarrow as pa

_UNNAMED = re.compile(r"__index_level_\d+__")


def without_row_numbers(schema: pa.Schema, label: str) -> tuple[list[str] | None, list[str]]:
    """Return the columns to keep (``None`` for all) and a warning if any are dropped.

    pandas stores an unnamed index as an extra column. A named index is kept like any other column.
    """
    stored = [name for name in schema.names if _UNNAMED.fullmatch(name)]
    if not stored:
        return None, []
    kept = [name for name in schema.names if name not in stored]
    return kept, [f"{label}: ignored the row numbers that pandas stored ({', '.join(stored)})."]
