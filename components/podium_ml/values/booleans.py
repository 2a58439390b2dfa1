"""Boolean values in any spelling."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from podium_ml.values.plain_text import plain_texts

TRUE = frozenset({
    "true", "t", "yes", "y", "1", "on", "x", "ja", "j", "wahr", "oui", "o", "vrai",
    "si", "sí", "s", "verdadero", "sim", "да", "はい", "是",
})  # fmt: skip
FALSE = frozenset({
    "false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux",
    "falso", "não", "nao", "нет", "いいえ", "否",
})  # fmt: skip


@dataclass(frozen=True)
class BooleanFormat:
    """How a column spells yes and no.

    Attributes:
        positive: Spelling of yes if it is not a well-known one; otherwise empty.
        negative: Spelling of no if it is not a well-known one; otherwise empty.
    """

    positive: str = ""
    negative: str = ""

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer how a column spells yes and no; of two unknown words, the first in alphabetical order means no."""
        spellings = {text.casefold() for text in plain_texts(column)[1]}
        unknown = sorted(spellings - TRUE - FALSE)
        if len(unknown) == 2 and len(spellings) == 2:
            return cls(negative=unknown[0], positive=unknown[1])
        if len(unknown) == 1 and len(spellings) == 2:
            known_is_true = bool(spellings & TRUE)
            return cls(negative=unknown[0]) if known_is_true else cls(positive=unknown[0])
        return cls()

    def read(self, column: pd.Series) -> np.ndarray:
        """Read a column as 1 for yes, 0 for no and NaN for missing, float64."""
        if column.dtype == bool:
            return column.to_numpy(dtype=np.float64)
        codes, texts = plain_texts(column)
        return np.array([*(self._read(text.casefold()) for text in texts), np.nan])[codes]

    def _read(self, text: str) -> float:
        if text == self.positive:
            return 1.0
        if text == self.negative:
            return 0.0
        if text in TRUE:
            return 1.0
        return 0.0 if text in FALSE else np.nan
