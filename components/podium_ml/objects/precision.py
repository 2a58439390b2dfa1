"""Average precision as COCO defines it (https://cocodataset.org/#detection-eval), of boxes or masks.

``tests/unit/objects/test_precision.py`` compares it with faster-coco-eval.
"""

from dataclasses import dataclass

import numpy as np

from podium_ml.objects.encoding import FIELDS, MASK, Known, known_of
from podium_ml.objects.grid import EDGES, PIXELS, Detections, decode, overlaps

THRESHOLDS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)
_TINY = 1e-10


@dataclass(frozen=True)
class Matches:
    """Detections of one class in all pictures, and which of them are right.

    Attributes:
        scores: Scores, shape ``(d,)``.
        right: Whether each is right at each threshold, shape ``(T, d)``.
        ignored: Whether each matches a crowd at each threshold, shape ``(T, d)``.
        objects: Number of objects.
    """

    scores: np.ndarray
    right: np.ndarray
    ignored: np.ndarray
    objects: int


def match(y: np.ndarray, raw: np.ndarray) -> list[Matches]:
    """Return the matches of each class.

    Args:
        y: Encoded objects, shape ``(n, M, ...)``.
        raw: Raw predictions, shape ``(n, G, G, channels)``.
    """
    masks = y.shape[2] == FIELDS + MASK * MASK
    n_classes = raw.shape[3] - EDGES - (PIXELS if masks else 0)
    pairs = [(known_of(truth), decode(one, n_classes=n_classes)) for truth, one in zip(y, raw, strict=True)]
    shared = [_overlaps(known, found) for known, found in pairs]
    return [_of_class(code, pairs, shared) for code in range(n_classes)]


def _overlaps(known: Known, found: Detections) -> np.ndarray:
    if found.masks is None or known.masks is None:
        return overlaps(found.boxes, known.boxes, crowd=known.crowd)
    size = found.masks.shape[1]
    first = found.masks.reshape(len(found.masks), size * size).astype(np.float32)
    second = known.on(size).reshape(len(known.boxes), size * size).astype(np.float32)
    both = first @ second.T
    area = first.sum(axis=1)[:, None]
    either = np.where(known.crowd[None, :], area, area + second.sum(axis=1)[None, :] - both)
    return both / np.maximum(either, 1e-9)


def _of_class(code: int, pairs: list[tuple[Known, Detections]], shared: list[np.ndarray]) -> Matches:
    scores, right, ignored, objects = [], [], [], 0
    for (known, found), overlap in zip(pairs, shared, strict=True):
        own, wanted = np.flatnonzero(found.classes == code), np.flatnonzero(known.classes == code)
        crowd = known.crowd[wanted]
        objects += int((~crowd).sum())
        hit, gone = _greedy(overlap[own][:, wanted], crowd)
        scores.append(found.scores[own])
        right.append(hit)
        ignored.append(gone)
    return Matches(
        np.concatenate(scores), np.concatenate(right, axis=1), np.concatenate(ignored, axis=1), objects
    )


def _greedy(overlap: np.ndarray, crowd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each detection, the highest score first, the free object that it overlaps most; crowds are never used up."""
    hit = np.zeros((len(THRESHOLDS), len(overlap)), dtype=bool)
    gone = np.zeros_like(hit)
    if not overlap.size:
        return hit, gone
    for row, threshold in enumerate(THRESHOLDS):
        free = np.ones(overlap.shape[1], dtype=bool)
        for at, one in enumerate(overlap):
            fits = free & (one >= threshold - _TINY)
            plain = np.flatnonzero(fits & ~crowd)
            if len(plain):
                free[plain[one[plain].argmax()]] = False
                hit[row, at] = True
            elif (fits & crowd).any():
                gone[row, at] = True
    return hit, gone


def precisions(matches: list[Matches]) -> np.ndarray:
    """Return the average precision of each class at each threshold, NaN for classes without objects; ``(C, T)``."""
    return np.array([_curves(one) for one in matches]).reshape(len(matches), len(THRESHOLDS))


def _curves(found: Matches) -> list[float]:
    if not found.objects:
        return [np.nan] * len(THRESHOLDS)
    order = np.argsort(-found.scores, kind="stable")
    return [
        _area(found.right[at][order], found.ignored[at][order], found.objects)
        for at in range(len(THRESHOLDS))
    ]


def _area(right: np.ndarray, ignored: np.ndarray, objects: int) -> float:
    right = right[~ignored]
    if not len(right):
        return 0.0
    hits = np.cumsum(right)
    recall, precision = hits / objects, hits / np.arange(1, len(right) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, _RECALLS, side="left")
    return float(
        np.where(places < len(precision), precision[np.minimum(places, len(precision) - 1)], 0.0).mean()
    )


def recalls(matches: list[Matches]) -> np.ndarray:
    """Return the share of the objects of each class that are found at each threshold, shape ``(C, T)``."""
    return np.array(
        [
            one.right.sum(axis=1) / one.objects if one.objects else np.full(len(THRESHOLDS), np.nan)
            for one in matches
        ]
    )


def f1_by_score(matches: list[Matches]) -> tuple[np.ndarray, np.ndarray]:
    """Return scores in descending order, and the F1 of all detections from each score on, at an overlap of .5."""
    scores = np.concatenate([one.scores for one in matches]) if matches else np.empty(0)
    right = np.concatenate([one.right[0] for one in matches]) if matches else np.empty(0, dtype=bool)
    kept = ~np.concatenate([one.ignored[0] for one in matches]) if matches else right
    order = np.argsort(-scores[kept], kind="stable")
    scores, right = scores[kept][order], right[kept][order]
    objects = sum(one.objects for one in matches)
    hits = np.cumsum(right)
    return scores, 2 * hits / np.maximum(np.arange(1, len(right) + 1) + objects, 1)
