"""Weighted words and letters of one text feature."""

from typing import Any

import numpy as np

from podium_ml.tabular.encoders._block import Output
from podium_ml.values.text_words import WORD, is_dense

_MOST_WORDS, _MOST_PIECES = 40_000, 60_000
_FEW_TEXTS, _FEWEST = 300, 2
# So much of a text is looked at, for its words and for its letters; less of its letters if there are many texts.
WORDS_OF, _LETTERS_OF, _LETTERS_IN_ALL = 20_000, 2_500, 8_000_000
_SHORTEST_BEGINNING = 300


class TermColumns:
    """TF-IDF of words and pairs of words, and of pieces of two to five letters, each of length 1.

    Letters tell spellings and endings apart, and are all there is in scripts without blanks between words.

    Args:
        name: The text feature.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.words: Any = None
        self.letters: Any = None
        self.beginning = _LETTERS_OF

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(one.vocabulary_) for one in (self.words, self.letters) if one is not None)

    @property
    def outputs(self) -> list[Output]:
        """Descriptions of the columns."""
        return [
            Output(f"{self.name}__{kind}_{term}", self.name)
            for kind, one in (("word", self.words), ("letters", self.letters))
            if one is not None
            for term in one.get_feature_names_out()
        ]

    def fit_transform(self, texts: list[str]) -> Any:
        """Learn the terms, and return those of the training texts."""
        dense = is_dense(texts)
        self.beginning = int(np.clip(_LETTERS_IN_ALL // max(1, len(texts)), _SHORTEST_BEGINNING, _LETTERS_OF))
        fewest = _FEWEST if len(texts) >= _FEW_TEXTS else 1
        self.words = (
            None if dense else _vectorizer(fewest, most=_MOST_WORDS, token_pattern=WORD, ngram_range=(1, 2))
        )
        pieces = (
            {"analyzer": "char", "ngram_range": (1, 4)}
            if dense
            else {"analyzer": "char_wb", "ngram_range": (2, 5)}
        )
        self.letters = _vectorizer(fewest, most=_MOST_PIECES, **pieces)
        parts = []
        for kind, length in (("words", WORDS_OF), ("letters", self.beginning)):
            vectorizer = getattr(self, kind)
            try:
                if vectorizer is not None:
                    parts.append(vectorizer.fit_transform([text[:length] for text in texts]))
            except ValueError:  # no text contains a term
                setattr(self, kind, None)
        return _side_by_side(parts, len(texts))

    def transform(self, texts: list[str]) -> Any:
        """Return the terms of texts."""
        lengths = ((self.words, WORDS_OF), (self.letters, self.beginning))
        parts = [
            one.transform([text[:length] for text in texts]) for one, length in lengths if one is not None
        ]
        return _side_by_side(parts, len(texts))


def _vectorizer(fewest: int, *, most: int, **how: Any) -> Any:
    from podium_ml.tabular.encoders._quick_vectorizer import QuickVectorizer

    return QuickVectorizer(sublinear_tf=True, min_df=fewest, max_features=most, dtype=np.float32, **how)


def _side_by_side(parts: list[Any], rows: int) -> Any:
    from scipy.sparse import csr_matrix, hstack

    return hstack(parts, format="csr") if parts else csr_matrix((rows, 0), dtype=np.float32)
