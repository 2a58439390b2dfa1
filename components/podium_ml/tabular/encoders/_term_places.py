"""Where the terms of a text are: what ``TermColumns`` counts, with places."""

import re
from collections.abc import Iterator

from podium_ml.tabular.encoders._terms import WORDS_OF, TermColumns
from podium_ml.values.text_words import WORD

_WORD, _BLANKS, _BETWEEN_BLANKS = re.compile(WORD), re.compile(r"\s\s+"), re.compile(r"\S+")
Place = tuple[int, int, int]
"""Column, start and end."""


def term_places(columns: TermColumns, text: str) -> list[Place] | None:
    """Return each occurrence of each term, as scikit-learn's analyzers find them.

    Args:
        columns: The fitted columns of terms.
        text: The text.

    Returns:
        Columns counted from the first one of the text feature; ``None`` if capital letters take more room than small
        ones, so that places are not known.
    """
    lower = text.lower()
    if len(lower) != len(text):
        return None
    found: list[Place] = []
    first = 0
    for vectorizer, length, places in (
        (columns.words, WORDS_OF, _words),
        (columns.letters, columns.beginning, _letters),
    ):
        if vectorizer is None:
            continue
        known = vectorizer.vocabulary_
        dense = vectorizer.analyzer == "char"
        for term, start, end in places(lower[:length], vectorizer.ngram_range, dense):
            if term in known:
                found.append((first + int(known[term]), start, end))
        first += len(known)
    return found


def _words(text: str, lengths: tuple[int, int], dense: bool) -> Iterator[tuple[str, int, int]]:
    words = [(one.group(), *one.span()) for one in _WORD.finditer(text)]
    for length in range(lengths[0], lengths[1] + 1):
        for at in range(len(words) - length + 1):
            some = words[at : at + length]
            yield " ".join(word for word, _, _ in some), some[0][1], some[-1][2]


def _letters(text: str, lengths: tuple[int, int], dense: bool) -> Iterator[tuple[str, int, int]]:
    if dense:
        plain, origin = _with_single_blanks(text)
        for length in range(lengths[0], lengths[1] + 1):
            for at in range(len(plain) - length + 1):
                yield plain[at : at + length], origin[at], origin[at + length - 1] + 1
        return
    for one in _BETWEEN_BLANKS.finditer(text):
        padded, (start, end) = f" {one.group()} ", one.span()
        for length in range(lengths[0], lengths[1] + 1):
            for at in range(max(1, len(padded) - length + 1)):
                piece = padded[at : at + length]
                yield piece, max(start, start + at - 1), min(end, start + at - 1 + len(piece))
            if length >= len(padded):
                break  # a short word counts once


def _with_single_blanks(text: str) -> tuple[str, list[int]]:
    """Return a text whose runs of blanks are one, and where each of its characters was."""
    plain, origin, last = [], [], 0
    for run in _BLANKS.finditer(text):
        plain += [text[last : run.start()], " "]
        origin += [*range(last, run.start()), run.start()]
        last = run.end()
    return "".join([*plain, text[last:]]), [*origin, *range(last, len(text))]
