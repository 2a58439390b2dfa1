"""Numeric columns."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.numbers import NumberFormat


@dataclass(frozen=True)
class NumberColumn(NumberFormat):
    """A number, read from text where need be."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The number itself."""
        mark = " with decimal comma" if self.decimal == "," else ""
        return (
            Part("", "numeric", f"number read from text{mark}" if self.from_text else "the number as it is"),
        )

    def transform(self, column: pd.Series) -> list[Any]:
        """Return numbers, float64, NaN for what is missing, infinite or no number."""
        return [self.read(column)]
