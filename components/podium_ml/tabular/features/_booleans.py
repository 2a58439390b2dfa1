"""Boolean columns."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.booleans import BooleanFormat


@dataclass(frozen=True)
class BooleanColumn(BooleanFormat):
    """1 for yes, 0 for no, NaN for missing."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The boolean as a number."""
        yes, no = self.positive or "yes", self.negative or "no"
        return (Part("", "numeric", f"1 for “{yes}”, 0 for “{no}”"),)

    def transform(self, column: pd.Series) -> list[Any]:
        """Return 1, 0 or NaN."""
        return [self.read(column)]
