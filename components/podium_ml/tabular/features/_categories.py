"""Categorical columns."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from podium_ml.contracts import Reading
from podium_ml.tabular.features._column import Part
from podium_ml.tabular.features._rows import Coded
from podium_ml.values.plain_text import plain_texts
from podium_ml.values.readings import missing_texts

_BOOLEANS = frozenset(
    spelling for word in ("true", "false") for spelling in (word, word.capitalize(), word.upper())
)


@dataclass(frozen=True)
class CategoryColumn:
    """A category; 1, 1.0 and "1" are the same category, and blank text is missing.

    Attributes:
        missing: Texts that stand for missing values.
        false: How the column spells false, if it has one spelling; another spelling of it is the same category.
        true: How the column spells true, likewise.
    """

    missing: frozenset[str] = frozenset()
    false: str = ""
    true: str = ""

    @classmethod
    def plan(cls, column: pd.Series, reading: Reading) -> Self:
        """Take over the markers of missing values, and find how true and false are spelled."""
        texts = plain_texts(column)[1]
        return cls(missing_texts(reading), _only_spelling(texts, "false"), _only_spelling(texts, "true"))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The category itself."""
        return (Part("", "categorical", "the category, unchanged"),)

    def transform(self, column: pd.Series) -> list[Any]:
        """Return the categories that occur."""
        codes, texts = plain_texts(column)
        known = [self._known(text) for text in texts]
        if known == texts:
            return [Coded(codes, texts)]
        place = {
            text: at for at, text in enumerate(dict.fromkeys(text for text in known if text is not None))
        }
        new = [-1 if text is None else place[text] for text in known]
        return [Coded(np.array([*new, -1], dtype=np.int64)[codes], list(place))]

    def _known(self, text: str) -> str | None:
        """Return a category as the training rows spell it, or ``None`` if it stands for a missing value."""
        if text in self.missing:
            return None
        if text not in _BOOLEANS:
            return text
        return (self.true if text.casefold() == "true" else self.false) or text


def _only_spelling(texts: list[str], word: str) -> str:
    found = [text for text in texts if text.casefold() == word]
    return found[0] if len(found) == 1 else ""
