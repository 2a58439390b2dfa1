"""Which pictures are likely to be marked wrongly, and about which the model is least sure."""

import numpy as np

from podium_ml.objects.encoding import Known, known_of
from podium_ml.objects.grid import Detections, decode, overlaps
from podium_ml.targets import Doubts

# Scores of objects that are certainly there, and that are there at all; and overlaps of the same and of other objects.
_CERTAIN, _HARDLY, _SAME, _OTHER = 0.7, 0.1, 0.5, 0.2


def doubtful_pictures(y: np.ndarray, raw: np.ndarray, names: list[str]) -> Doubts:
    """Return doubts about the objects that were marked in pictures.

    A picture is doubtful if something is certainly found where nothing is marked, if it is of another class, or if
    nothing at all is found where something is marked.

    Args:
        y: Encoded objects.
        raw: Out-of-fold predictions.
        names: Names of the classes.
    """
    wrong, expected, unsure = np.zeros(len(y)), [], np.zeros(len(y))
    for row, (truth, one) in enumerate(zip(y, raw, strict=True)):
        found = decode(one, n_classes=len(names), lowest=_HARDLY)
        wrong[row], text = _doubt(known_of(truth), found, names)
        expected.append(text)
        unsure[row] = 1 - 2 * np.abs(found.scores - 0.5).min(initial=0.5)
    return Doubts(wrong, expected, unsure)


def _doubt(known: Known, found: Detections, names: list[str]) -> tuple[float, str]:
    shared = overlaps(found.boxes, known.boxes)
    best = shared.max(axis=1, initial=0.0)
    doubts: list[tuple[float, str]] = []
    for at in np.flatnonzero(found.scores >= _CERTAIN):
        name, score = names[found.classes[at]], float(found.scores[at])
        if best[at] < _OTHER:
            doubts.append((score, f"{name} is not marked"))
        elif best[at] >= _SAME and known.classes[shared[at].argmax()] != found.classes[at]:
            marked = names[known.classes[shared[at].argmax()]]
            doubts.append((score, f"{name}, not {marked}"))
    seen = (shared >= _OTHER).any(axis=0)
    doubts += [
        (0.5, f"{names[known.classes[at]]} is not there") for at in np.flatnonzero(~seen & ~known.crowd)
    ]
    if not doubts:
        return 0.0, ""
    doubts.sort(key=lambda one: -one[0])
    return doubts[0][0], "; ".join(text for _, text in doubts[:3])
