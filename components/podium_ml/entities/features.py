"""Features of texts: the text itself, and its tokens as algorithms read them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Feature, FeatureSchema, Problem
from podium_ml.entities.texts.tokens import Level, Token, tokenize

TEXT = "text"
_KEPT = 100_000


@dataclass(frozen=True)
class TokenizedText:
    """A text and its tokens.

    Attributes:
        text: The text.
        tokens: Start and end of each token.
    """

    text: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        """The tokens as texts."""
        return [self.text[start:end] for start, end in self.tokens]


@lru_cache(maxsize=_KEPT)
def tokenized(text: str, level: Level) -> TokenizedText:
    """Return a text with its tokens, kept for the next fold or model that reads it."""
    return TokenizedText(text, tuple(tokenize(text, level)))


@dataclass
class TextFeaturizer:
    """Passes on the texts.

    Attributes:
        schema: The only feature.
        column: The column of texts.
    """

    schema: FeatureSchema
    column: str

    @classmethod
    def plan(cls, problem: Problem) -> "TextFeaturizer":
        """Return the featurizer of a problem."""
        column = problem.features[0].name
        return cls(FeatureSchema((Feature(TEXT, "text", column, "the text", key=True),)), column)

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """See ``podium_ml.kinds.Featurizer``."""
        texts = table[self.column].fillna("").astype(str)
        return pd.DataFrame({TEXT: texts.to_numpy(dtype=object)})


class TokenEncoder:
    """Turns texts into tokens.

    Args:
        level: What tokens are.
    """

    def __init__(self, level: Level) -> None:
        self.level = level

    def fit_transform(self, X: pd.DataFrame, y: np.ndarray, **related: Any) -> np.ndarray:
        """Return the rows encoded; there is nothing to learn."""
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return rows as ``TokenizedText``, shape ``(n, 1)``."""
        encoded = np.empty((len(X), 1), dtype=object)
        encoded[:, 0] = [tokenized(text, self.level) for text in X[TEXT]]
        return encoded
