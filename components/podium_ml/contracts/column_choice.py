"""Which of the user's columns a model uses, and why not the others."""

from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts.feature_schema import FeatureSchema

# All columns; of a wide table, those that say most about the target on their own; those more important than shuffled
# copies; the fewest of these that score as well.
ColumnRule = Literal["all", "strongest", "relevant", "shortest"]


@dataclass(frozen=True)
class ColumnChoice:
    """The columns that the model of all rows uses.

    Attributes:
        how: How they were chosen.
        used: Names of the columns that it uses, the most important first; empty for all.
        spare: Columns that were left out because fewer columns score as well within noise.
        irrelevant: Columns that were left out because they are not more important than shuffled copies.
        weak: Number of columns that were left out because too many others say more about the target on their own.
        silent: Features that were left out because such parts of a column, as the weekday of a date, say nothing.
    """

    how: ColumnRule = "all"
    used: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    irrelevant: tuple[str, ...] = ()
    weak: int = 0
    silent: tuple[str, ...] = ()

    def of(self, schema: FeatureSchema) -> FeatureSchema:
        """Return the features that the model uses."""
        return (schema.of_sources(self.used) if self.used else schema).without(self.silent)
