"""Average precision as COCO defines it (https://cocodataset.org/#detection-eval), of boxes or masks.

``tests/unit/objects/test_precision.py`` compares it with faster-coco-eval.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.objects.encoding import FIELDS, MASK, Known, known_of
from podium_ml.objects.grid import EDGES, PIXELS, Detections, decode, overlaps

THRESHOLDS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)
_TINY = 1e-10
Range = tuple[float, float]
ALL: Range = (0.0, np.inf)
# Areas in pixels of the user's picture, as COCO has them.
SMALL, MEDIUM, LARGE = (0.0, 32.0**2), (32.0**2, 96.0**2), (96.0**2, np.inf)
# Areas are known to half a pixel, because boxes are stored as shares of the picture.
_ROUNDING = 0.5


@dataclass(frozen=True)
class Matches:
    """Detections of one class in all pictures, and which of them are right.

    Attributes:
        scores: Scores, shape ``(d,)``.
        right: Whether each is right at each threshold, shape ``(T, d)``.
        ignored: Whether each matches a crowd or an object of another size at each threshold, or is of another size
            itself and not right; shape ``(T, d)``.
        objects: Number of objects.
    """

    scores: np.ndarray
    right: np.ndarray
    ignored: np.ndarray
    objects: int


@dataclass(frozen=True)
class PictureMatches:
    """The same for all classes in one picture.

    Attributes:
        classes: Codes of the classes of detections, shape ``(d,)``.
        scores: Scores, shape ``(d,)``.
        right: See ``Matches``.
        ignored: See ``Matches``.
        objects: Number of objects of each class, shape ``(C,)``.
    """

    classes: np.ndarray
    scores: np.ndarray
    right: np.ndarray
    ignored: np.ndarray
    objects: np.ndarray


def match(y: np.ndarray, raw: np.ndarray) -> list[Matches]:
    """Return the matches of each class.

    Args:
        y: Encoded objects, shape ``(n, M, ...)``.
        raw: Raw predictions, shape ``(n, G, G, channels)``.
    """
    return joined([one for (one,) in match_pictures(y, raw)])


def match_pictures(
    y: np.ndarray, raw: np.ndarray, sizes: Sequence[Range] = (ALL,)
) -> list[tuple[PictureMatches, ...]]:
    """Return the matches in each picture, for objects of each range of sizes; see ``match``."""
    masks = y.shape[2] == FIELDS + MASK * MASK
    n_classes = raw.shape[3] - EDGES - (PIXELS if masks else 0)
    found = []
    for truth, one in zip(y, raw, strict=True):
        known, detections = known_of(truth), decode(one, n_classes=n_classes)
        shared = _overlaps(known, detections)
        found.append(tuple(_of_picture(known, detections, shared, n_classes, size) for size in sizes))
    return found


def joined(pictures: Sequence[PictureMatches]) -> list[Matches]:
    """Return the matches of each class in several pictures."""
    if not pictures:
        return []
    names = ("classes", "scores", "right", "ignored")
    classes, scores, right, ignored = (
        np.concatenate([getattr(one, name) for one in pictures], axis=-1) for name in names
    )
    objects = np.sum([one.objects for one in pictures], axis=0)
    owns = (np.flatnonzero(classes == code) for code in range(len(objects)))
    return [
        Matches(scores[own], right[:, own], ignored[:, own], int(count))
        for own, count in zip(owns, objects, strict=True)
    ]


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


def _of_picture(
    known: Known, found: Detections, overlap: np.ndarray, n_classes: int, size: Range
) -> PictureMatches:
    apart = known.crowd | _outside(known.areas, size)
    right = np.zeros((len(THRESHOLDS), len(found.scores)), dtype=bool)
    ignored = np.zeros_like(right)
    for code in np.unique(found.classes):
        own, wanted = np.flatnonzero(found.classes == code), np.flatnonzero(known.classes == code)
        right[:, own], ignored[:, own] = _greedy(overlap[own][:, wanted], known.crowd[wanted], apart[wanted])
    ignored |= _outside(found.areas(known.pixels), size)[None, :] & ~right
    objects = np.bincount(known.classes[~apart], minlength=n_classes)
    return PictureMatches(found.classes, found.scores, right, ignored, objects)


def _outside(areas: np.ndarray, size: Range) -> np.ndarray:
    if size == ALL:
        return np.zeros(len(areas), dtype=bool)
    return ~((areas >= size[0] - _ROUNDING) & (areas <= size[1] + _ROUNDING))


def _greedy(overlap: np.ndarray, crowd: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each detection, the highest score first, the free object that it overlaps most.

    Objects that stand apart, crowds or those of another size, come last. Crowds are never used up.
    """
    hit = np.zeros((len(THRESHOLDS), len(overlap)), dtype=bool)
    gone = np.zeros_like(hit)
    if not overlap.size:
        return hit, gone
    free = np.ones((len(THRESHOLDS), overlap.shape[1]), dtype=bool)
    for at, one in enumerate(overlap):
        fits = free & (one >= THRESHOLDS[:, None] - _TINY)
        for counts, allowed in ((hit, fits & ~apart), (gone, fits & apart)):
            rows = np.flatnonzero(allowed.any(axis=1) & ~hit[:, at])
            best = np.where(allowed[rows], one, -1.0).argmax(axis=1)
            counts[rows, at] = True
            free[rows, best] = crowd[best]
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
