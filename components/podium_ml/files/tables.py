"""Tables in Parquet files that take hardly more memory than their rows while they are read."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

# Arrow's columns become those of pandas one by one, without a second copy; pandas before 3.0 cannot ask for that.
_KNOWS_OPTIONS = int(pd.__version__.partition(".")[0]) >= 3
_IN_PLACE: dict[str, Any] = (
    {"to_pandas_kwargs": {"self_destruct": True, "split_blocks": True}} if _KNOWS_OPTIONS else {}
)


def read_table(path: str | Path, *, columns: list[str] | None = None) -> pd.DataFrame:
    """Return the table of a Parquet file that ``to_parquet`` wrote, or some of its columns."""
    table = pd.read_parquet(path, columns=columns, pre_buffer=False, **_IN_PLACE)
    pa.default_memory_pool().release_unused()
    return table
