"""Cutting long texts into parts that models can read, at the best places that lie in no span."""

from collections.abc import Sequence

from podium_ml.entities.texts.tokens import Token

# Models read at most so many tokens at once.
LONGEST = 128
_ENDS = (".", "!", "?", "。", "！", "？", "।", "…")


def part_bounds(
    text: str, tokens: Sequence[Token], *, most: int = LONGEST, whole: Sequence[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Return the first token of each part, and the one after its last.

    Parts end at line breaks if possible, else at ends of sentences, else anywhere.

    Args:
        text: The text.
        tokens: Its tokens.
        most: Number of tokens of a part.
        whole: Ranges of tokens, as first and one after the last, that stay in one part if they are short enough.
    """
    bounds, start = [], 0
    inside = {at for first, end in whole if end - first <= most for at in range(first + 1, end)}
    while len(tokens) - start > most:
        cut = _best_cut(text, tokens, start, start + most, inside)
        bounds.append((start, cut))
        start = cut
    return [*bounds, (start, len(tokens))]


def _best_cut(text: str, tokens: Sequence[Token], start: int, end: int, inside: set[int]) -> int:
    possible = [at for at in range(end, start, -1) if at not in inside] or [end]
    late = [at for at in possible if at - start > (end - start) // 2]
    for at in late:
        if "\n" in text[tokens[at - 1][1] : tokens[at][0]]:
            return at
    for at in late:
        if text[slice(*tokens[at - 1])].endswith(_ENDS) and tokens[at - 1][1] < tokens[at][0]:
            return at
    return possible[0]
