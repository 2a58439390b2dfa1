"""Which texts are likely to have wrong or missing spans, and how spans are written for people who check them."""

from collections.abc import Sequence

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.entities.tag_space import PADDING, decode, spans_of
from podium_ml.entities.texts.tokens import Level, Token, tokenize
from podium_ml.targets import Doubts, unsure_of_classes

# A tag is doubtful if another one is at least so probable.
_CERTAIN = 0.7


def unsure_texts(raw: np.ndarray) -> np.ndarray:
    """Return how unsure predictions of tags are: as unsure as of their most doubtful token, shape ``(n,)``."""
    there = raw.sum(axis=2) > 0
    return np.where(there, unsure_of_classes(raw), 0.0).max(axis=1, initial=0.0)


def doubtful_texts(y: np.ndarray, raw: np.ndarray, problem: Problem, texts: Sequence[str]) -> Doubts:
    """Return doubts about the spans of texts.

    A text is doubtful if another tag than the given one is quite certain for some token.

    Args:
        y: Tags, shape ``(n, T)``.
        raw: Out-of-fold probabilities of tags, shape ``(n, T, K)``.
        problem: The problem.
        texts: The texts; empty if they must not be shown.
    """
    tags = np.where(y >= 0, decode(raw), PADDING)
    known = (y >= 0) & (y < raw.shape[2])
    own = np.take_along_axis(raw, np.where(known, y, 0)[:, :, None].astype(np.int64), axis=2)[:, :, 0]
    wrong = known & (tags != y) & (raw.max(axis=2, initial=0.0) >= _CERTAIN)
    doubt = np.where(wrong, 1 - own, 0.0).max(axis=1, initial=0.0)
    given, expected = (_written(one, problem, texts) for one in (np.where(known, y, y.clip(max=0)), tags))
    return Doubts(doubt, expected, unsure_texts(raw), given)


def _written(tags: np.ndarray, problem: Problem, texts: Sequence[str]) -> list[str]:
    """Return spans as ``TYPE: words``, one after the other; by their tokens if there are no texts."""
    assert problem.texts is not None
    level: Level = problem.texts.level  # type: ignore[assignment]
    tokens = [tokenize(text, level) for text in texts]
    found: list[list[str]] = [[] for _ in tags]
    for row, first, end, kind in spans_of(tags).tolist():
        where = _words(texts[row], tokens[row], first, end) if texts else f"tokens {first + 1} to {end}"
        found[row].append(f"{problem.classes[kind]}: {where}")
    return ["; ".join(one) for one in found]


def _words(text: str, tokens: Sequence[Token], first: int, end: int) -> str:
    own = tokens[first:end]
    return text[own[0][0] : own[-1][1]] if own else "…"
