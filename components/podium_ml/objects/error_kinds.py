"""What became of objects: found, taken for another class, found twice or at the wrong place, or missed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from podium_ml.objects.encoding import FIELDS, MASK, Known, known_of
from podium_ml.objects.grid import EDGES, PIXELS, Detections, decode, overlaps

BACKGROUND = "background"
_SAME, _NEAR = 0.5, 0.1
_MOST_CLASSES = 20
_RIGHT, _OTHER, _TWICE, _PLACE, _NOTHING, _MISSED = (
    "found",
    "found as another class",
    "found twice",
    "found at the wrong place",
    "found where there is nothing",
    "missed",
)


def kinds_of_errors(y: np.ndarray, raw: np.ndarray, names: Sequence[str], threshold: float) -> dict[str, Any]:
    """Return ``confusion_matrix``, with the background, and ``object_errors``, how often each kind occurs.

    Args:
        y: Encoded objects.
        raw: Raw predictions of the same pictures.
        names: Names of the classes.
        threshold: Score from which objects count as found.
    """
    masks = y.shape[2] == FIELDS + MASK * MASK
    number = raw.shape[3] - EDGES - (PIXELS if masks else 0)
    matrix = np.zeros((number + 1, number + 1), dtype=int)
    kinds = dict.fromkeys((_RIGHT, _OTHER, _TWICE, _PLACE, _NOTHING, _MISSED), 0)
    for truth, one in zip(y, raw, strict=True):
        _count(known_of(truth), decode(one, n_classes=number, lowest=threshold), matrix, kinds)
    return {
        "confusion_matrix": _of_most(matrix, [*names, BACKGROUND]),
        "object_errors": [{"what": what, "objects": count} for what, count in kinds.items()],
    }


def _count(known: Known, found: Detections, matrix: np.ndarray, kinds: dict[str, int]) -> None:
    """Count the objects of one picture: those of the same class are matched first, the highest score before others."""
    none = len(matrix) - 1
    overlap = overlaps(found.boxes, known.boxes, crowd=known.crowd)
    same = found.classes[:, None] == known.classes[None, :]
    free, left = ~known.crowd, set(range(len(found.scores)))
    for kind, allowed in ((_RIGHT, same), (_OTHER, ~same)):
        for one in sorted(left):
            fits = np.where(free & allowed[one], overlap[one], 0.0)
            if fits.size and fits.max() >= _SAME:
                at = int(fits.argmax())
                free[at] = False
                left.discard(one)
                matrix[known.classes[at], found.classes[one]] += 1
                kinds[kind] += 1
    for one in left:
        if (overlap[one][known.crowd] >= _SAME).any():
            continue
        matrix[none, found.classes[one]] += 1
        own = np.where(same[one] & ~known.crowd, overlap[one], 0.0).max(initial=0.0)
        kinds[_TWICE if own >= _SAME else _PLACE if own >= _NEAR else _NOTHING] += 1
    for code in known.classes[free]:
        matrix[code, none] += 1
        kinds[_MISSED] += 1


def _of_most(matrix: np.ndarray, labels: list[str]) -> dict[str, Any]:
    """Return the matrix of the most frequent classes and the background."""
    order = np.argsort(-matrix[:-1].sum(axis=1), kind="stable")[:_MOST_CLASSES]
    chosen = [*sorted(order.tolist()), len(labels) - 1]
    return {"labels": [labels[at] for at in chosen], "matrix": matrix[np.ix_(chosen, chosen)].tolist()}
