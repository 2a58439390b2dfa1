"""Texts as codes of words, letters, looks and gaps, as networks read them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.embeddings import StaticEncoder
from podium_ml.entities.algorithms._known_names import KnownNames, Meaning, Name
from podium_ml.entities.algorithms._token_features import gap_kinds, shape, short
from podium_ml.entities.features import TokenizedText

# Letters of a token that are looked at: from its beginning and from its end.
LETTERS = 16
_HALF = LETTERS // 2
# Codes of what is not there, and of what training did not have.
NOTHING, UNKNOWN = 0, 1
GAPS = 5


@dataclass(frozen=True)
class Codes:
    """A batch of texts.

    Attributes:
        words: Codes of tokens in lower case, shape ``(b, t)``.
        looks: Codes of their shapes, shape ``(b, t)``.
        gaps: Codes of what stands before and after, shape ``(b, t)``.
        letters: Codes of their letters, shape ``(b, t, LETTERS)``.
        known: Codes of their places in known names, shape ``(b, t)``.
        there: Whether there is a token, shape ``(b, t)``.
        vectors: Their static vectors, float32, shape ``(b, t, d)``; d is 0 without a pretrained model.
    """

    words: np.ndarray
    looks: np.ndarray
    gaps: np.ndarray
    letters: np.ndarray
    known: np.ndarray
    there: np.ndarray
    vectors: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """The inputs of the network, in its order."""
        return self.words, self.looks, self.gaps, self.letters, self.known, self.there, self.vectors


@dataclass(frozen=True)
class Vocabulary:
    """Codes of words, shapes and letters.

    Attributes:
        words: By token in lower case.
        looks: By shape.
        letters: By letter.
        static: The pretrained vectors of tokens; ``None`` for none.
        names: Names that training texts have as spans; ``None`` for none.
    """

    words: dict[str, int]
    looks: dict[str, int]
    letters: dict[str, int]
    static: StaticEncoder | None = None
    names: KnownNames | None = None

    @classmethod
    def of(
        cls,
        texts: Sequence[TokenizedText],
        *,
        fewest: int,
        static: StaticEncoder | None = None,
        names: KnownNames | None = None,
    ) -> "Vocabulary":
        """Return the codes of what occurs in texts.

        Args:
            texts: The texts.
            fewest: Rarer words have no code.
            static: The pretrained vectors of tokens.
            names: Names that they have as spans.
        """
        words = [word for text in texts for word in text.words]
        return cls(
            _coded((word.lower() for word in words), fewest=fewest),
            _coded((short(shape(word)) for word in words), fewest=1),
            _coded((letter for word in words for letter in word), fewest=1),
            static,
            names,
        )

    def encode(
        self, texts: Sequence[TokenizedText], instead: Sequence[Mapping[Name, Meaning | None]] | None = None
    ) -> Codes:
        """Return texts as codes.

        Args:
            texts: The texts.
            instead: For each text other meanings of some names, as ``learn_names`` returns them.
        """
        width = max(1, *(len(text.tokens) for text in texts))
        words = np.zeros((len(texts), width), dtype=np.int64)
        looks, gaps, known = words.copy(), words.copy(), words.copy()
        letters = np.zeros((len(texts), width, LETTERS), dtype=np.int64)
        there = np.zeros((len(texts), width), dtype=bool)
        for at, text in enumerate(texts):
            own = text.words
            there[at, : len(own)] = True
            words[at, : len(own)] = [self.words.get(word.lower(), UNKNOWN) for word in own]
            looks[at, : len(own)] = [self.looks.get(short(shape(word)), UNKNOWN) for word in own]
            gaps[at, : len(own)] = gap_kinds(text)
            if self.names is not None:
                known[at, : len(own)] = self.names.codes(text, instead=instead[at] if instead else {})
            for place, word in enumerate(own):
                shown = word if len(word) <= LETTERS else word[:_HALF] + word[-_HALF:]
                letters[at, place, : len(shown)] = [self.letters.get(one, UNKNOWN) for one in shown]
        return Codes(words, looks, gaps, letters, known, there, self._vectors(texts, width))

    def _vectors(self, texts: Sequence[TokenizedText], width: int) -> np.ndarray:
        if self.static is None:
            return np.zeros((len(texts), width, 0), dtype=np.float32)
        known = sorted({word for text in texts for word in text.words})
        place, vectors = {word: at for at, word in enumerate(known)}, self.static.encode(known)
        found = np.zeros((len(texts), width, self.static.width), dtype=np.float32)
        for at, text in enumerate(texts):
            if text.words:
                found[at, : len(text.tokens)] = vectors[[place[word] for word in text.words]]
        return found


def _coded(values: Iterable[str], *, fewest: int) -> dict[str, int]:
    counts = Counter(values)
    frequent = sorted(value for value, count in counts.items() if count >= fewest)
    return {value: at for at, value in enumerate(frequent, start=UNKNOWN + 1)}
