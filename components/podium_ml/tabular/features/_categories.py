"""Categorical columns."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.tabular.features._rows import Coded
from podium_ml.values.plain_text import plain_texts


@dataclass(frozen=True)
class CategoryColumn:
    """A category; 1, 1.0 and "1" are the same category, and blank text is missing."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The category itself."""
        return (Part("", "categorical", "the category, unchanged"),)

    def transform(self, column: pd.Series) -> list[Any]:
        """Return the categories that occur."""
        return [Coded(*plain_texts(column))]
