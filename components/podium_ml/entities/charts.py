"""Charts of spans: which types get confused, how well each is found, and the worst errors in full."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.entities.metrics.span_scores import partial_counts, strict_counts
from podium_ml.entities.tag_space import PADDING, decode, spans_of
from podium_ml.entities.texts.tokens import Level, tokenize
from podium_ml.kinds.errors_by_length import errors_by_length

_NONE = "no span"
_MOST_TYPES, _MOST_ERRORS, _LONGEST = 20, 12, 1_200


def span_charts(y: np.ndarray, raw: np.ndarray, types: list[str]) -> dict[str, Any]:
    """Return the data of the charts that tags alone tell.

    Args:
        y: True tags, shape ``(n, T)``.
        raw: Probabilities of tags, shape ``(n, T, K)``.
        types: Names of the types.
    """
    strict, partial = strict_counts(y, raw).sum(axis=0), partial_counts(y, raw).sum(axis=0)
    return {
        "confusion_matrix": _confusion(y, raw, types),
        "label_scores": [_score(name, strict[:, at], partial[:, at]) for at, name in enumerate(types)],
        "boundaries": _boundaries(y, raw),
    }


def _score(name: str, strict: np.ndarray, partial: np.ndarray) -> dict[str, Any]:
    right, true, predicted = strict.tolist()
    return {
        "label": name,
        "rows": int(true),
        "recall": right / true if true else None,
        "precision": right / predicted if predicted else None,
        "f1": 2 * right / (true + predicted) if true + predicted else None,
        "partial": (partial[0] + partial[3]) / (true + predicted) if true + predicted else None,
    }


def _confusion(y: np.ndarray, raw: np.ndarray, types: list[str]) -> dict[str, Any]:
    """Return how many true spans of each type were found as which type; the most frequent types, and the others."""
    tags = np.where(y >= 0, decode(raw), 0)
    true, predicted = spans_of(y), spans_of(tags)
    taken = np.full(y.shape, -1)
    for number, (text, first, end, _) in enumerate(predicted.tolist()):
        taken[text, first:end] = number
    none = len(types)
    matrix = np.zeros((none + 1, none + 1), dtype=int)
    met = np.zeros(len(predicted), dtype=bool)
    for text, first, end, kind in true.tolist():
        own = taken[text, first:end]
        found = np.unique(own[own >= 0])
        same = [one for one in found if predicted[one, 3] == kind] or list(found)
        matrix[min(kind, none), predicted[same[0], 3] if same else none] += kind < none
        met[found] = True
    for kind in predicted[~met, 3]:
        matrix[none, kind] += 1
    return _of_most(matrix, [*types, _NONE])


def _of_most(matrix: np.ndarray, labels: list[str]) -> dict[str, Any]:
    order = np.argsort(-matrix[:-1].sum(axis=1), kind="stable")[:_MOST_TYPES]
    chosen = [*sorted(order.tolist()), len(labels) - 1]
    return {"labels": [labels[at] for at in chosen], "matrix": matrix[np.ix_(chosen, chosen)].tolist()}


def _boundaries(y: np.ndarray, raw: np.ndarray) -> list[dict[str, Any]]:
    """Return what became of the true spans: exact, with other edges, of another type, or missed; and false ones."""
    tags = np.where(y >= 0, decode(raw), 0)
    true, predicted = spans_of(y), spans_of(tags)
    by_place = {(text, first, end): kind for text, first, end, kind in predicted.tolist()}
    taken = np.full(y.shape, -1)
    for text, first, end, kind in predicted.tolist():
        taken[text, first:end] = kind
    counts = dict.fromkeys(
        ("right", "right type, other edges", "right edges, other type", "other type and edges", "missed"), 0
    )
    for text, first, end, kind in true.tolist():
        own, exact = taken[text, first:end], by_place.get((text, first, end))
        if exact is not None:
            counts["right" if exact == kind else "right edges, other type"] += 1
        elif (own == kind).any():
            counts["right type, other edges"] += 1
        else:
            counts["other type and edges" if (own >= 0).any() else "missed"] += 1
    there = np.full(y.shape, False)
    for text, first, end, _ in true.tolist():
        there[text, first:end] = True
    counts["predicted where there is none"] = sum(
        not there[text, first:end].any() for text, first, end, _ in predicted.tolist()
    )
    return [{"what": what, "spans": count} for what, count in counts.items()]


def text_charts(problem: Problem, texts: Sequence[str], y: np.ndarray, raw: np.ndarray) -> dict[str, Any]:
    """Return ``text_lengths`` and, unless no examples may be shown, ``marked_texts``; see ``Kind.charts``.

    Args:
        problem: The problem.
        texts: The texts.
        y: Their true tags.
        raw: Probabilities of their tags.
    """
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    made: dict[str, Any] = {"text_lengths": errors_by_length(lengths, wrong_shares(y, raw))}
    return made | ({"marked_texts": worst_errors(problem, texts, y, raw)} if problem.examples else {})


def wrong_shares(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return the share of tokens of each text with a wrong tag, shape ``(n,)``."""
    there = y >= 0
    return ((decode(raw) != y) & there).sum(axis=1) / np.maximum(1, there.sum(axis=1))


def worst_errors(
    problem: Problem, texts: Sequence[str], y: np.ndarray, raw: np.ndarray
) -> list[dict[str, Any]]:
    """Return the texts whose tags are most surely wrong, in pieces with their true and predicted types.

    Args:
        problem: The problem.
        texts: The texts.
        y: Their true tags.
        raw: Probabilities of their tags.
    """
    assert problem.texts is not None
    level: Level = problem.texts.level  # type: ignore[assignment]
    tags = np.where(y >= 0, decode(raw), PADDING)
    wrong = (tags != y) & (y >= 0)
    surprise = (wrong * raw.max(axis=2)).sum(axis=1)
    types = [*map(str, problem.classes), "unknown type"]
    found = []
    for at in np.argsort(-surprise, kind="stable")[:_MOST_ERRORS].tolist():
        if surprise[at] > 0:
            tokens = tokenize(texts[at], level)
            pieces = _pieces(texts[at], tokens, _names(y[at], types), _names(tags[at], types))
            found.append({"text": texts[at][:_LONGEST], "pieces": pieces})
    return found


def _names(tags: np.ndarray, types: list[str]) -> list[tuple[str, int]]:
    """Return type and number of the span of each token; an empty name outside."""
    names, number = [], 0
    for tag in tags.tolist():
        number += tag > 0 and tag % 2 == 1
        names.append((types[min((tag - 1) // 2, len(types) - 1)], number) if tag > 0 else ("", 0))
    return names


def _pieces(
    text: str, tokens: list[tuple[int, int]], true: list[tuple[str, int]], predicted: list[tuple[str, int]]
) -> list[dict[str, str]]:
    """Return the text in pieces of the same true and predicted span."""
    pieces: list[dict[str, str]] = []
    before, at = None, 0
    for (start, end), own, found in zip(tokens, true, predicted, strict=False):
        if end > _LONGEST:
            break
        gap, key = text[at:start], (own, found)
        if key == before and pieces:
            pieces[-1]["text"] += text[at:end]
        else:
            if gap:
                pieces.append({"text": gap, "true": "", "predicted": ""})
            pieces.append({"text": text[start:end], "true": own[0], "predicted": found[0]})
        before, at = key, end
    if at < len(text):
        pieces.append({"text": text[at:_LONGEST], "true": "", "predicted": ""})
    return pieces
