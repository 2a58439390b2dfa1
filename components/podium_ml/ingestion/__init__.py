"""Reading data from anywhere into one table, whose types are inferred once.

Importing this package is cheap: names are resolved on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium_ml.ingestion._formats import choose_names
    from podium_ml.ingestion.column_hints import ColumnHints
    from podium_ml.ingestion.fingerprint import fingerprint_source
    from podium_ml.ingestion.ingested_table import ColumnFacts, IngestedTable
    from podium_ml.ingestion.read import read_frame, read_source, read_with_readings

__all__ = [
    "ColumnFacts",
    "ColumnHints",
    "IngestedTable",
    "choose_names",
    "fingerprint_source",
    "read_frame",
    "read_source",
    "read_with_readings",
]

_HOMES = {
    "ColumnFacts": "ingested_table",
    "ColumnHints": "column_hints",
    "IngestedTable": "ingested_table",
    "choose_names": "_formats",
    "fingerprint_source": "fingerprint",
    "read_frame": "read",
    "read_source": "read",
    "read_with_readings": "read",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
