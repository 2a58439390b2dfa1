"""Which of the user's columns a model uses, and why not the others."""

from dataclasses import dataclass
from typing import Literal

# All columns; those more important than shuffled copies; the fewest of these that score as well.
ColumnRule = Literal["all", "relevant", "shortest"]


@dataclass(frozen=True)
class ColumnChoice:
    """The columns that the model of all rows uses.

    Attributes:
        how: How they were chosen.
        used: Names of the columns that it uses, the most important first; empty for all.
        spare: ColumnRule that were left out because fewer columns score as well within noise.
        irrelevant: ColumnRule that were left out because they are not more important than shuffled copies.
    """

    how: ColumnRule = "all"
    used: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    irrelevant: tuple[str, ...] = ()
