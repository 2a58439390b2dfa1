"""What is known about the columns of a source before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from podium_ml.contracts.reading import Reading


@dataclass(frozen=True)
class ColumnHints:
    """What is known about columns before their values are seen.

    Attributes:
        labels: Columns whose values may be classes, so that a frequent marker of missing values may be one too.
        missing: Texts that stand for missing values, chosen by the user; see ``Reading``.
        texts: Columns whose values stay texts.
        written: Columns whose texts stay as they are written; values of other types keep theirs.
        readings: Columns whose reading was decided on other rows, which applies here too.
        reader: How these other rows were read, by name of the option; see ``Problem.reader``.
        kind: Kind of problem, which may have formats of its own; empty for tables.
    """

    labels: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    reader: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""

    def missing_in(self, name: str) -> tuple[str, ...]:
        """Return the texts that the user chose to stand for missing values in a column."""
        known = self.readings.get(name)
        return self.missing if known is None else known.missing
