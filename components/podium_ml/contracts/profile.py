"""Per-column statistics of the training data, shown in the report and used again for drift."""

from dataclasses import dataclass

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ColumnProfile:
    """Statistics of one column.

    Attributes:
        name: Column name.
        role: Its role in the problem.
        missing: Fraction of missing values, 0 to 1.
        unique: Number of distinct values.
        examples: Up to five values, as text.
        mean: Mean of a numeric column, else ``None``; likewise ``std``, ``minimum`` and ``maximum``.
        edges: Bin edges of a numeric column's histogram (``len(counts) + 1`` values), else empty.
        counts: Counts of the bins, or of ``top`` categories.
        top: Most frequent categories, as text, else empty.
        deciles: Distinct values that part a numeric column's rows into tenths, else empty.
        cumulative: Share of its numbers that are at most each of them.
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
        columns: One profile a column, the target included.
        memory_bytes: Memory that the table takes when loaded, in bytes.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    memory_bytes: int = 0
