"""Features of characters of scripts without blanks: the text around them, and the run of one script that they are in.

Where no blanks tell words apart, a run of Kanji or of Katakana is often a word, and its last character says what it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podium_ml.entities.texts.tokens import is_dense

# Lengths of the pieces of text that characters are part of, or next to.
_PIECES = (2, 3, 4)
_LONGEST_RUN, _ENDS = 10, (1, 2, 3)
# Goes on with a run of Katakana, though its script is common to several.
_LONG_VOWEL = "ー"


@dataclass(frozen=True)
class Run:
    """Neighbouring tokens of one script.

    Attributes:
        start: First token.
        end: Token after the last one.
        kind: Kind of its characters.
        text: Its text.
    """

    start: int
    end: int
    kind: str
    text: str


def script_runs(words: Sequence[str], kinds: Sequence[str], joins: Sequence[bool]) -> list[Run]:
    """Return the runs that tokens make up, in order.

    Args:
        words: The tokens.
        kinds: The kind of the characters of each.
        joins: Whether nothing stands between each token and the one before.
    """
    found: list[Run] = []
    for at, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        last = found[-1] if found else None
        if last and joins[at] and (word == _LONG_VOWEL or (is_dense(word[0]) and kind == last.kind)):
            found[-1] = Run(last.start, at + 1, last.kind, last.text + word)
        else:
            found.append(Run(at, at + 1, kind, word))
    return found


def dense_features(words: Sequence[str], runs: Sequence[Run], of: Sequence[int], at: int) -> Iterator[str]:
    """Yield the names of the features of a character.

    Args:
        words: Tokens in lower case.
        runs: The runs of the text.
        of: Number of the run of each token.
        at: The token.
    """
    yield from (f"{step}:c={words[at + step]}" for step in (-3, 3) if 0 <= at + step < len(words))
    for length in _PIECES:
        for start in range(at - length, at + 2):
            if start >= 0 and start + length <= len(words):
                yield f"{start - at}:{length}={''.join(words[start : start + length])}"
    yield from _of_run(runs, of[at], at)


def _of_run(runs: Sequence[Run], number: int, at: int) -> Iterator[str]:
    run = runs[number]
    before = runs[number - 1].text if number else "<"
    after = runs[number + 1].text if number + 1 < len(runs) else ">"
    first, left = min(at - run.start, 3), min(run.end - 1 - at, 3)
    yield f"r={run.text[:_LONGEST_RUN]}"
    yield f"r:at={run.kind}{first},{left}"
    yield f"r:n={run.kind}{min(len(run.text), 6)}"
    yield from (f"r:s{n}={run.text[-n:]}" for n in _ENDS if n <= len(run.text))
    yield f"r:p2={run.text[:2]}"
    yield f"r-1={before[-3:]}"
    yield f"r+1={after[:3]}"
    yield f"r:s1+1={run.text[-1]}|{after[:2]}"
    yield f"r-1,at={before[-2:]}|{first}"
    yield f"r+1,at={after[:2]}|{left}"
