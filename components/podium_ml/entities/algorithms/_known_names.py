"""Names that are spans in training texts, found again in other texts: features for models of sequences.

A model would trust a list too much that holds all names of its own texts. So each training text is read with what the
list would say without it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from podium_ml.entities.features import TokenizedText
from podium_ml.entities.tag_space import spans_of

Name = tuple[str, ...]
"""Tokens in lower case."""

_SHORTEST = 2  # characters
# A name is sure if it is a span of one type in this share of the texts that have its words.
_SURE = 0.6
# A token is alone in its name, or begins, goes on with or ends it.
_LETTERS = "SBIE"
_NONE: Mapping[Name, "Meaning | None"] = MappingProxyType({})


@dataclass(frozen=True)
class Meaning:
    """What a name is.

    Attributes:
        kind: Code of its usual type.
        sure: Whether its words hardly mean anything else.
    """

    kind: int
    sure: bool


@dataclass(frozen=True)
class KnownNames:
    """Names with their meanings.

    Attributes:
        meanings: By name.
    """

    meanings: dict[Name, Meaning]
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self.meanings:
            lengths[name[0]].add(len(name))
        longest_first = {word: tuple(sorted(own, reverse=True)) for word, own in lengths.items()}
        object.__setattr__(self, "_lengths", longest_first)

    def features(
        self, text: TokenizedText, *, instead: Mapping[Name, Meaning | None] = _NONE
    ) -> list[tuple[str, ...]]:
        """Return the names of the features of each token: nothing, or its place in the longest name that begins first.

        Args:
            text: The text.
            instead: Other meanings of some names, ``None`` for none.
        """
        return [() if one is None else _features(*one) for one in self._places(text, instead)]

    def codes(self, text: TokenizedText, *, instead: Mapping[Name, Meaning | None] = _NONE) -> list[int]:
        """Return the same as numbers below ``n_codes`` of the number of types; 0 for nothing. Arguments as above."""
        return [
            0 if one is None else 1 + 2 * (_LETTERS.index(one[0]) + len(_LETTERS) * one[1].kind) + one[1].sure
            for one in self._places(text, instead)
        ]

    def _places(
        self, text: TokenizedText, instead: Mapping[Name, Meaning | None]
    ) -> list[tuple[str, Meaning] | None]:
        words = tuple(word.lower() for word in text.words)
        found: list[tuple[str, Meaning] | None] = [None] * len(words)
        at = 0
        while at < len(words):
            name, meaning = self._longest(words, at, instead)
            if meaning is not None:
                found[at : at + len(name)] = [(_letter(name, place), meaning) for place in range(len(name))]
            at += max(1, len(name))
        return found

    def occurring(self, words: Name) -> set[Name]:
        """Return the names that are somewhere in a text."""
        return {
            name
            for at, word in enumerate(words)
            for length in self._lengths.get(word, ())
            if (name := words[at : at + length]) in self.meanings
        }

    def _longest(
        self, words: Name, at: int, instead: Mapping[Name, Meaning | None]
    ) -> tuple[Name, Meaning | None]:
        for length in self._lengths.get(words[at], ()):
            name = words[at : at + length]
            if name in self.meanings and (meaning := instead.get(name, self.meanings[name])) is not None:
                return name, meaning
        return (), None


def learn_names(
    texts: Sequence[TokenizedText], y: np.ndarray
) -> tuple[KnownNames, list[dict[Name, Meaning | None]]]:
    """Return the names of texts, and for each text what they would mean without it, if that differs.

    Args:
        texts: The texts.
        y: Their tags, shape ``(n, T)``.
    """
    words = [tuple(word.lower() for word in text.words) for text in texts]
    own: list[set[tuple[Name, int]]] = [set() for _ in texts]
    for text, first, end, kind in spans_of(y).tolist():
        if len("".join(words[text][first:end])) >= _SHORTEST:
            own[text].add((words[text][first:end], kind))
    kinds: dict[Name, Counter[int]] = defaultdict(Counter)
    for name, kind in (one for spans in own for one in spans):
        kinds[name][kind] += 1
    listed = KnownNames({name: Meaning(0, False) for name in kinds})
    occurring = [listed.occurring(one) for one in words]
    seen = Counter(name for names in occurring for name in names)
    meanings = {name: _meaning(kinds[name], seen[name]) for name in kinds}
    known = KnownNames({name: one for name, one in meanings.items() if one is not None})
    instead: list[dict[Name, Meaning | None]] = []
    for spans, names in zip(own, occurring, strict=True):
        others = {name: _without(kinds[name], {kind for one, kind in spans if one == name}) for name in names}
        instead.append({name: _meaning(counts, seen[name] - 1) for name, counts in others.items()})
    return known, instead


def _without(counts: Counter[int], kinds: set[int]) -> Counter[int]:
    return Counter({kind: count - (kind in kinds) for kind, count in counts.items()})


def _meaning(counts: Counter[int], seen: int) -> Meaning | None:
    kind, count = min(counts.items(), key=lambda one: (-one[1], one[0]))
    return Meaning(kind, count >= _SURE * seen) if count > 0 else None


def n_codes(types: int) -> int:
    """Return the number of codes of places in known names, for a number of types."""
    return 1 + 2 * len(_LETTERS) * types


def _letter(name: Name, place: int) -> str:
    return "S" if len(name) == 1 else "B" if place == 0 else "E" if place == len(name) - 1 else "I"


def _features(letter: str, meaning: Meaning) -> tuple[str, ...]:
    sure = "h" if meaning.sure else "l"
    return f"k={letter}{meaning.kind}", f"k={letter}{meaning.kind}{sure}", f"k={letter}{sure}"
