"""Statistics of each column of the training data, for the report and for detecting drift."""

from dataclasses import dataclass

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ColumnProfile:
    """Statistics of one column.

    Attributes:
        name: Column name.
        role: Role in the problem.
        missing: Fraction of missing values, 0 to 1.
        unique: Number of distinct values.
        examples: Up to five values, as text.
        mean: Mean of a numeric column, or number of characters of texts; likewise ``std``, ``minimum`` and ``maximum``
            of numbers.
        edges: Bin edges of the histogram of a numeric column (``len(counts) + 1`` values), else empty.
        counts: Counts of the bins, or of the ``top`` categories.
        top: Most frequent categories, as text; empty for numeric, text and list columns.
        deciles: Distinct deciles of a numeric column, else empty.
        cumulative: For each decile, the share of numbers that do not exceed it.
    """

    name: str
    role: str
    missing: float
    unique: int
    examples: tuple[str, ...] = ()
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    top: tuple[str, ...] = ()
    deciles: tuple[float, ...] = ()
    cumulative: tuple[float, ...] = ()


@dataclass(frozen=True)
class Profile(Contract):
    """Statistics of the training rows.

    Attributes:
        rows: Number of rows.
        columns: One profile per column, including the target.
        memory_bytes: Memory of the loaded table in bytes.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    memory_bytes: int = 0
