"""Numeric columns."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.numbers import NumberFormat


@dataclass(frozen=True)
class NumberColumn(NumberFormat):
    """A number, read from text if necessary."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The number itself."""
        mark = " with decimal comma" if self.decimal == "," else ""
        return (
            Part(
                "", "numeric", f"number read from text{mark}" if self.from_text else "the number, unchanged"
            ),
        )

    def transform(self, column: pd.Series) -> list[Any]:
        """Return numbers as float64; missing, infinite and non-numeric values become NaN."""
        return [self.read(column)]
