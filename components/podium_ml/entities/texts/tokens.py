"""Splitting texts into tokens that never cut a character, with offsets in code points of the text as it is given."""

from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import regex

Level = Literal["words", "blanks", "characters"]

# Scripts that put no blanks between words; each of their characters is a token.
_DENSE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_MARK = r"\p{M}\u200c\u200d"
_LETTER = rf"[\p{{L}}--[{_DENSE}]]"
# Marks of these scripts, which have no blanks beside them.
_WIDE_MARKS = r"[[\u3001-\u303f\u30fb\uff01-\uff65]--[\p{L}\p{N}]]"
_PATTERNS = {
    # A run of letters or of digits with their marks; anything else as one character that the user sees (UAX 29).
    "words": rf"[{_DENSE}][{_MARK}]*|{_LETTER}[{_LETTER}{_MARK}]*|\p{{N}}[\p{{N}}{_MARK}]*|\X",
    "blanks": r"\S+",
    "characters": r"\X",
}
Token = tuple[int, int]
"""Start and end of a token in the text."""


@cache
def _compiled(pattern: str) -> "regex.Pattern[str]":
    # The types of targets are registered in every process, also where a model of tables predicts without this library.
    import regex

    return regex.compile(pattern, flags=regex.VERSION1)


def tokenize(text: str, level: Level) -> list[Token]:
    """Return the tokens of a text; blanks belong to none.

    Args:
        text: The text.
        level: ``words``; ``blanks`` to split at blanks alone; ``characters`` where spans begin inside of words.

    Examples:
        >>> [text[a:b] for text in ["Give 20mg, Zoë"] for a, b in tokenize(text, "words")]
        ['Give', '20', 'mg', ',', 'Zoë']
    """
    return [
        found.span() for found in _compiled(_PATTERNS[level]).finditer(text) if not found.group().isspace()
    ]


def joined(tokens: list[str]) -> tuple[str, list[Token]]:
    """Return a text that has these tokens, and where they are in it.

    There is a blank between tokens, but not beside characters and marks of scripts that are written without.

    Examples:
        >>> joined(["New", "York"])
        ('New York', [(0, 3), (4, 8)])
    >>> joined(["2005", "年", "、", "A", "社"])[0]
    '2005年、A社'
    """
    parts: list[str] = []
    places: list[Token] = []
    at = 0
    for token in tokens:
        if parts and not (_stands_close(parts[-1][-1:]) or _stands_close(token[:1])):
            parts.append(" ")
            at += 1
        places.append((at, at + len(token)))
        parts.append(token)
        at += len(token)
    return "".join(parts), places


def _stands_close(character: str) -> bool:
    return is_dense(character) or (bool(character) and _compiled(_WIDE_MARKS).match(character) is not None)


def is_dense(character: str) -> bool:
    """Whether a character belongs to a script that puts no blanks between words."""
    return bool(character) and _compiled(rf"[{_DENSE}]").match(character) is not None
