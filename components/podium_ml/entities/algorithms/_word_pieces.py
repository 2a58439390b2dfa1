"""Texts as the word pieces of a pretrained network, in windows that it can read at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.entities.features import TokenizedText

_CHARACTERS_PER_PIECE = 12  # longer texts are halved before they are split


@dataclass(frozen=True)
class Window:
    """A part of a text.

    Attributes:
        text: Position of the text.
        first: Its first token.
        ids: Numbers of its pieces, marks of beginning and end included, shape ``(p,)``.
        places: Place among these of the first piece of each token, shape ``(t,)``.
    """

    text: int
    first: int
    ids: np.ndarray
    places: np.ndarray


def windows(pieces: WordPieces, texts: Sequence[TokenizedText], most: int) -> list[Window]:
    """Return the windows of texts, in order. Texts of too many pieces are halved between tokens until they fit.

    Args:
        pieces: Splits texts.
        texts: The texts.
        most: Maximum number of pieces of a window.
    """
    found: list[Window] = []
    waiting = [(at, 0, len(text.tokens)) for at, text in enumerate(texts) if text.tokens]
    while waiting:
        parts = [_part(texts[at], first, end) for at, first, end in waiting]
        halves = []
        for (at, first, end), part, split in zip(waiting, parts, pieces.split(parts, most), strict=True):
            if end - first > 1 and (split.overflowing or len(part) > most * _CHARACTERS_PER_PIECE):
                middle = (first + end) // 2
                halves += [(at, first, middle), (at, middle, end)]
            else:
                ids = np.asarray(split.ids, dtype=np.int64)
                found.append(Window(at, first, ids, _places(texts[at], first, end, split)))
        waiting = halves
    return sorted(found, key=lambda one: (one.text, one.first))


def padded(chosen: Sequence[Window]) -> tuple[np.ndarray, np.ndarray]:
    """Return pieces, and whether there is one, both int64 of shape ``(n, p)``."""
    longest = max(len(one.ids) for one in chosen)
    ids = np.zeros((len(chosen), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(chosen):
        ids[row, : len(one.ids)], mask[row, : len(one.ids)] = one.ids, 1
    return ids, mask


def _part(text: TokenizedText, first: int, end: int) -> str:
    return text.text[text.tokens[first][0] : text.tokens[end - 1][1]]


def _places(text: TokenizedText, first: int, end: int, split: "object") -> np.ndarray:
    """Return the first piece that reaches beyond the beginning of each token; marks belong to no text."""
    own = np.flatnonzero(np.asarray(split.special_tokens_mask) == 0)  # type: ignore[attr-defined]
    if not len(own):
        return np.zeros(end - first, dtype=np.int64)
    ends = np.maximum.accumulate(np.array([split.offsets[at][1] for at in own]))  # type: ignore[attr-defined]
    begins = np.array([start for start, _ in text.tokens[first:end]]) - text.tokens[first][0]
    return own[np.minimum(np.searchsorted(ends, begins, side="right"), len(own) - 1)]
