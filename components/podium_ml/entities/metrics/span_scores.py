"""F1, precision and recall of spans: strict (same tokens, same type) and partial (same type, some tokens in common).

Each is a function of counts that are summed over texts, so that resamples of texts only add up counts.
"""

import math
from collections.abc import Callable

import numpy as np

from podium_ml.entities.tag_space import decode, spans_of
from podium_ml.metrics import Metric

TASKS = frozenset({"entities"})
Scored = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def strict_counts(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return how many spans of each type are right, true and predicted in each text, shape ``(n, 3, C + 1)``.

    The last type stands for those that training lacks.

    Args:
        y: Tags, shape ``(n, T)``.
        raw: Probabilities of tags, shape ``(n, T, K)``.
    """
    true, predicted, types = _spans(y, raw)
    keys = [
        (one * [y.shape[1] ** 2 * types, y.shape[1] * types, types, 1]).sum(axis=1)
        for one in (true, predicted)
    ]
    right = true[np.isin(keys[0], keys[1])]
    return np.stack([_counts(one, len(y), types) for one in (right, true, predicted)], axis=1)


def partial_counts(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return the same, where a span is right if a span of its type covers a token of it; shape ``(n, 4, C + 1)``.

    The right ones are counted among the true ones and among the predicted ones.
    """
    true, predicted, types = _spans(y, raw)
    found = [_covered(true, predicted, y.shape), _covered(predicted, true, y.shape)]
    return np.stack(
        [_counts(one, len(y), types) for one in (true[found[0]], true, predicted, predicted[found[1]])],
        axis=1,
    )


def _spans(y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    types = (raw.shape[2] - 1) // 2 + 1
    tags = np.where(y >= 0, decode(raw), 0)
    true, predicted = spans_of(y), spans_of(tags)
    true[:, 3] = np.minimum(true[:, 3], types - 1)
    return true, predicted, types


def _covered(spans: np.ndarray, others: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return which spans share a token with another one of their type; booleans."""
    taken = np.full(shape, -1)
    for text, first, end, kind in others.tolist():
        taken[text, first:end] = kind
    return np.array(
        [(taken[text, first:end] == kind).any() for text, first, end, kind in spans.tolist()], dtype=bool
    )


def _counts(spans: np.ndarray, texts: int, types: int) -> np.ndarray:
    counts = np.zeros((texts, types))
    np.add.at(counts, (spans[:, 0], spans[:, 3]), 1.0)
    return counts


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _f1(right: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return np.where(true + predicted > 0, _ratio(2 * right, true + predicted), 1.0)


def _precision(right: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return _ratio(right, predicted)


def _recall(right: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return _ratio(right, true)


def _micro(score: Scored) -> Callable[[np.ndarray], np.ndarray]:
    return lambda sums: score(*np.moveaxis(sums[..., :3, :].sum(axis=-1), -1, 0))


def _macro(sums: np.ndarray) -> np.ndarray:
    """Return the mean over the types that occur in the truth, as seqeval does."""
    right, true, predicted = np.moveaxis(sums, -2, 0)
    there = true > 0
    scores = np.where(there, _ratio(2 * right, true + predicted), 0.0)
    return _ratio(scores.sum(axis=-1), there.sum(axis=-1).astype(np.float64))


def _weighted(sums: np.ndarray) -> np.ndarray:
    right, true, predicted = np.moveaxis(sums, -2, 0)
    return _ratio((_ratio(2 * right, true + predicted) * true).sum(axis=-1), true.sum(axis=-1))


def _partial(sums: np.ndarray) -> np.ndarray:
    found, true, predicted, fitting = np.moveaxis(sums.sum(axis=-1), -1, 0)
    recall, precision = _ratio(found, true), _ratio(fitting, predicted)
    return np.where(true + predicted > 0, _ratio(2 * recall * precision, recall + precision), 1.0)


def _metric(
    name: str,
    title: str,
    of_sums: Callable[[np.ndarray], np.ndarray],
    description: str,
    *,
    counts: Callable[[np.ndarray, np.ndarray], np.ndarray] = strict_counts,
    tuned: bool = False,
    default: bool = False,
) -> Metric:
    def function(y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None) -> float:
        if weight is not None and not weight.sum() > 0:
            return math.nan
        each = counts(y, raw)
        return float(of_sums(each.sum(axis=0) if weight is None else np.tensordot(weight, each, axes=1)))

    return Metric(
        name,
        title,
        TASKS,
        "spans",
        True,
        function,
        description,
        tunes_threshold=tuned,
        bounds=(0.0, 1.0),
        default_for=TASKS if default else frozenset(),
        counts=counts,
        of_sums=of_sums,
    )


SPECS = (
    _metric(
        "span_f1",
        "F1 of spans",
        _micro(_f1),
        "F1 of spans with the right tokens and the right type, all types together.",
        tuned=True,
        default=True,
    ),
    _metric("span_f1_macro", "F1 of spans, macro", _macro, "Mean over types of the F1 of spans.", tuned=True),
    _metric(
        "span_f1_weighted",
        "F1 of spans, weighted",
        _weighted,
        "Mean over true spans of the F1 of their type.",
        tuned=True,
    ),
    _metric(
        "span_precision", "Precision of spans", _micro(_precision), "Share of predicted spans that are right."
    ),
    _metric("span_recall", "Recall of spans", _micro(_recall), "Share of true spans that are found."),
    _metric(
        "span_f1_partial",
        "F1 of spans, partial",
        _partial,
        "F1 of spans that share a token with one of the same type.",
        counts=partial_counts,
        tuned=True,
    ),
)
