"""The words of a text, with their places."""

import re

# What stands between blanks and marks is a word, so that combining marks, which ``\w`` does not match, stay in it.
WORD = r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f、。，．！？；：（）「」『』“”‘’।؟،]+"
_WORD = re.compile(WORD)
# Scripts without blanks have fewer of them per character; their words are pieces of so many characters.
_FEWEST_BLANKS, _PIECE = 0.04, 2


def is_dense(texts: list[str]) -> bool:
    """Whether texts are of a script without blanks between words."""
    return sum(text.count(" ") for text in texts) < _FEWEST_BLANKS * sum(map(len, texts))


def word_places(text: str) -> list[tuple[int, int]]:
    """Return start and end of each word; of each two characters in a script without blanks.

    >>> word_places("Good tea!")
    [(0, 4), (5, 8)]
    """
    places = [match.span() for match in _WORD.finditer(text)]
    if not is_dense([text]) or max((end - start for start, end in places), default=0) < 5 * _PIECE:
        return places
    return [(at, min(at + _PIECE, end)) for start, end in places for at in range(start, end, _PIECE)]
