"""Spans of texts: cleaning them, and telling them by tokens."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podium_ml.entities.texts.tokens import Token

Span = tuple[int, int, str]
"""Start, end and label; offsets count code points."""


@dataclass(frozen=True)
class Cleaned:
    """Spans of one text that do not overlap and begin and end with no blank.

    Attributes:
        spans: The spans, in order.
        trimmed: Number of spans whose edges were blanks.
        empty: Number of spans of blanks alone, which were left out.
        overlapping: Spans that were left out because a longer one covers part of them.
    """

    spans: tuple[Span, ...]
    trimmed: int = 0
    empty: int = 0
    overlapping: tuple[Span, ...] = ()


def clean(text: str, spans: Sequence[Span]) -> Cleaned:
    """Trim spans, and keep the longest of those that overlap, the first of equal ones."""
    kept: list[Span] = []
    trimmed = empty = 0
    for start, end, label in spans:
        inner = text[start:end]
        first = start + len(inner) - len(inner.lstrip())
        last = end - (len(inner) - len(inner.rstrip()))
        trimmed += (first, last) != (start, end) and first < last
        if first >= last:
            empty += 1
        else:
            kept.append((first, last, label))
    chosen: list[Span] = []  # in order
    overlapping: list[Span] = []
    given = {span: at for at, span in enumerate(dict.fromkeys(kept))}
    for span in sorted(given, key=lambda one: (one[0] - one[1], given[one])):
        at = bisect_left(chosen, span)
        before, after = chosen[max(0, at - 1) : at], chosen[at : at + 1]
        if all(one[1] <= span[0] for one in before) and all(span[1] <= one[0] for one in after):
            chosen.insert(at, span)
        else:
            overlapping.append(span)
    return Cleaned(tuple(chosen), trimmed, empty, tuple(overlapping))


def to_json(spans: Sequence[Span]) -> str:
    """Return spans as a table holds them."""
    return json.dumps([list(span) for span in spans], ensure_ascii=False)


def from_json(text: str) -> list[Span]:
    """Return what ``to_json`` wrote."""
    return [(int(start), int(end), str(label)) for start, end, label in json.loads(text)]


@dataclass(frozen=True)
class TokenSpans:
    """The spans of one text by its tokens, as models learn them.

    Attributes:
        length: Number of tokens.
        spans: First token, token after the last one, and label.
    """

    length: int
    spans: tuple[Span, ...]

    def to_json(self) -> str:
        """Return the column's value."""
        return json.dumps(
            {"tokens": self.length, "spans": [list(one) for one in self.spans]}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> "TokenSpans":
        """Return what ``to_json`` wrote."""
        value: dict[str, Any] = json.loads(text)
        return cls(
            int(value["tokens"]), tuple((int(a), int(b), str(label)) for a, b, label in value["spans"])
        )


def align(tokens: Sequence[Token], spans: Sequence[Span]) -> tuple[TokenSpans, int]:
    """Return spans by tokens, and the number of those that begin or end inside of a token, which they get whole.

    Args:
        tokens: Tokens of the text, in order.
        spans: Spans of the text, in order, without overlaps.
    """
    found: list[Span] = []
    widened = 0
    for start, end, label in spans:
        first = bisect_right(tokens, start, key=lambda token: token[1])
        after = bisect_left(tokens, end, key=lambda token: token[0])
        if first >= after or (found and first < found[-1][1]):
            widened += 1
            continue
        widened += tokens[first][0] != start or tokens[after - 1][1] != end
        found.append((first, after, label))
    return TokenSpans(len(tokens), tuple(found)), widened
