"""Training pictures beside versions of them that a network sees in training, for the report."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from podium_ml.algorithms import Augment
from podium_ml.media.shown import shown_picture, strip_of

ROWS = 4
_VERSIONS, _SIDE = 4, 128


def augmented_group(
    rows: Iterable[tuple[np.ndarray, Any, str]],
    augment: Augment,
    *,
    title: str,
    what: str,
    draw: Callable[[np.ndarray, Any], np.ndarray] = lambda pixels, known: pixels,
) -> dict[str, Any] | None:
    """Return a group of pictures as ``Kind.charts`` does, or ``None`` if nothing is changed.

    Args:
        rows: Pixels of a few training pictures, uint8, their objects, if the kind has some, and what is said of them.
        augment: The function of ``AlgorithmSpec.augment``, with the configuration of the model.
        title: Title of the algorithm.
        what: What moves along with the pixels, such as ``" with its objects"``.
        draw: Returns the pixels with the objects.
    """
    strips, differ = [], False
    for row, (pixels, known, note) in enumerate(rows):
        versions = [augment(pixels, known, seed=_VERSIONS * row + at) for at in range(_VERSIONS)]
        differ |= any(not np.array_equal(pixels, one) for one, _ in versions)
        drawn = [draw(*one) for one in ((pixels, known), *versions)]
        strip = strip_of(drawn, side=_SIDE)
        strips.append({**shown_picture(strip, note, wrong=False, side=strip.shape[1]), "wide": True})
    note = (
        f"On the left, a training picture{what}. Beside it, versions that “{title}” learns from: moved and lit at "
        "random, so that the model learns what stays the same."
    )
    return {"title": "Augmented training pictures", "note": note, "pictures": strips} if differ else None
