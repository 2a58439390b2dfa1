"""Numeric columns."""

from dataclasses import dataclass, fields, replace
from math import isnan
from typing import Any, Self

import numpy as np
import pandas as pd

from podium_ml.contracts import Reading
from podium_ml.tabular.features._column import Part
from podium_ml.values.numbers import NumberFormat, read_number
from podium_ml.values.readings import format_of


@dataclass(frozen=True)
class NumberColumn(NumberFormat):
    """A number, read from text if necessary.

    Attributes:
        missing: Numbers that stand for missing values.
    """

    missing: tuple[float, ...] = ()

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """Return the column as it was read when the model was trained."""
        known = format_of(NumberFormat, reading)
        numbers = (read_number(text, decimal=known.decimal) for text in reading.missing)
        return replace(
            cls(**{field.name: getattr(known, field.name) for field in fields(known)}),
            from_text=reading.type in ("", "string"),
            missing=tuple(number for number in numbers if not isnan(number)),
        )

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
        numbers = self.read(column)
        for gone in self.missing:
            numbers[numbers == gone] = np.nan
        return [numbers]
