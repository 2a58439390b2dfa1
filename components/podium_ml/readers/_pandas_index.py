"""Row numbers that pandas stored beside the columns."""

import re

import pyarrow as pa

_UNNAMED = re.compile(r"__index_level_\d+__")


def without_row_numbers(schema: pa.Schema, label: str) -> tuple[list[str] | None, list[str]]:
    """Return the columns to keep, ``None`` for all, and a warning if some are left out.

    pandas stores an index without a name as a column of its own; a named one is a column like any other.
    """
    stored = [name for name in schema.names if _UNNAMED.fullmatch(name)]
    if not stored:
        return None, []
    kept = [name for name in schema.names if name not in stored]
    return kept, [f"{label}: the row numbers that pandas stored ({', '.join(stored)}) are left out."]
