"""Tags as codes, and legal sequences of them.

Code 0 is outside; type ``k`` begins with code ``1 + 2 k`` and goes on with ``2 + 2 k`` (IOB2).
"""

import numpy as np

from podium_ml.entities.texts.spans import Span, TokenSpans

PADDING = -1
_SMALLEST = 1e-9


def n_tags(types: int) -> int:
    """Return the number of codes for a number of types."""
    return 1 + 2 * types


def encode_spans(rows: list[TokenSpans], types: list[str], *, longest: int) -> np.ndarray:
    """Return the tags of texts, int16, shape ``(n, longest)``, ``PADDING`` after the last token.

    Types that are not known get codes beyond those of the known ones, so that nobody can predict them.

    Args:
        rows: Texts by tokens.
        types: Names of the types, in the order of their codes.
        longest: Greatest number of tokens.
    """
    place = {name: at for at, name in enumerate(types)}
    y = np.full((len(rows), longest), PADDING, dtype=np.int16)
    for row, one in enumerate(rows):
        y[row, : min(one.length, longest)] = 0
        for first, end, label in one.spans:
            code = 1 + 2 * place.get(label, len(types))
            y[row, first:end] = code + 1
            if first < longest:
                y[row, first] = code
    return y


def spans_of(tags: np.ndarray) -> np.ndarray:
    """Return the spans in legal tags, as rows of text, first token, token after the last, and type; shape ``(s, 4)``.

    Args:
        tags: Codes, shape ``(n, T)``.
    """
    begins = (tags > 0) & (tags % 2 == 1)
    goes_on = (tags > 0) & (tags % 2 == 0)
    text, first = np.nonzero(begins)
    width = tags.shape[1]
    # The first token at or after each place that does not go on.
    stops = np.where(goes_on, width, np.arange(width))
    nearest = np.minimum.accumulate(stops[:, ::-1], axis=1)[:, ::-1]
    following = np.concatenate([nearest[:, 1:], np.full((len(tags), 1), width)], axis=1)
    return np.column_stack([text, first, following[text, first], (tags[text, first] - 1) // 2]).astype(
        np.int64
    )


def decode(raw: np.ndarray) -> np.ndarray:
    """Return the most probable legal tags of texts, int16, shape ``(n, T)``, outside where there is no token.

    Most texts are legal if each token takes its most probable tag. The others are found by dynamic programming: a type
    goes on only after itself.

    Args:
        raw: Probabilities of tags, shape ``(n, T, K)``, 0 where there is no token.
    """
    tags = raw.argmax(axis=2).astype(np.int16)
    before = np.concatenate([np.zeros((len(tags), 1), dtype=np.int16), tags[:, :-1]], axis=1)
    goes_on = (tags > 0) & (tags % 2 == 0)
    illegal = np.flatnonzero((goes_on & (before != tags) & (before != tags - 1)).any(axis=1))
    if len(illegal):
        tags[illegal] = _best_paths(raw[illegal])
    return tags


def _best_paths(raw: np.ndarray) -> np.ndarray:
    """Return the best legal tags (Viterbi); only what follows a type's own tags may go on with it."""
    n, length, width = raw.shape
    scores = np.log(np.maximum(raw, _SMALLEST))
    inside = np.arange(2, width, 2)
    free = np.array([0, *range(1, width, 2)])
    best = scores[:, 0].copy()
    best[:, inside] = -np.inf
    came = np.zeros((n, length, width), dtype=np.int16)
    rows = np.arange(n)
    for at in range(1, length):
        top = best.argmax(axis=1)
        new = np.empty_like(best)
        new[:, free] = best[rows, top][:, None] + scores[:, at, free]
        came[:, at, free] = top[:, None]
        begun = best[:, inside - 1] > best[:, inside]
        came[:, at, inside] = np.where(begun, inside - 1, inside)
        new[:, inside] = np.maximum(best[:, inside - 1], best[:, inside]) + scores[:, at, inside]
        best = new
    tags = np.zeros((n, length), dtype=np.int16)
    tags[:, -1] = best.argmax(axis=1)
    for at in range(length - 1, 0, -1):
        tags[:, at - 1] = came[rows, at, tags[:, at]]
    return tags


def token_spans(tags: np.ndarray, types: list[str]) -> list[TokenSpans]:
    """Return the spans of texts by tokens, from legal tags.

    Args:
        tags: Codes, shape ``(n, T)``; ``PADDING`` after the last token if the lengths matter.
        types: Names of the types.
    """
    found: list[list[Span]] = [[] for _ in tags]
    names = [*types, ""]
    for text, first, end, kind in spans_of(tags).tolist():
        found[text].append((first, end, names[min(kind, len(types))]))
    lengths = (tags != PADDING).sum(axis=1)
    return [TokenSpans(int(length), tuple(spans)) for length, spans in zip(lengths, found, strict=True)]
