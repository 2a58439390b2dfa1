"""Facts about an ingested table."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from podium_ml.contracts.reading import Reading


@dataclass(frozen=True)
class ColumnFacts:
    """What was inferred about one column.

    Attributes:
        name: Name in the user's data.
        type: Arrow type as text: ``bool``, ``int64``, ``double``, ``string``, ``timestamp[us]``, ``list<...>``, ...
        missing: Number of rows without a value.
        markers: Spellings of missing values, and their counts.
        note: How its values were read; empty if that is obvious.
        reading: The decisions that later rows need.
    """

    name: str
    type: str
    missing: int = 0
    markers: dict[str, int] = field(default_factory=dict)
    note: str = ""
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class IngestedTable:
    """A table stored as Parquet, and what was inferred about it.

    Attributes:
        path: The Parquet file.
        source: Source of the table, without credentials.
        format: Name of the reader.
        files: Names of the files that were read.
        rows: Number of rows.
        columns: Every column, in order.
        details: What was inferred about the files, e.g. ``{"delimiter": ";", "decimal": ","}``.
        fingerprint: Hash of names, types and values; equal for equal tables, whatever files they came in.
        warnings: What the user should know.
    """

    path: Path
    source: str
    format: str
    files: tuple[str, ...]
    rows: int
    columns: tuple[ColumnFacts, ...]
    details: dict[str, str]
    fingerprint: str
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything except the path, ready for JSON."""
        facts = asdict(self)
        del facts["path"]
        return facts
