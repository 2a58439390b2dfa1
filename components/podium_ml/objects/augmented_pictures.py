"""Training pictures with their objects, beside versions of them that a network sees in training."""

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from podium_ml.algorithms import Augment
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds.augmented_pictures import ROWS, augmented_group
from podium_ml.media.pixels import read_pixels
from podium_ml.objects.encoding import Known, known_of
from podium_ml.objects.features import PICTURE

# Boxes are drawn on pictures of at least this side, so that their lines are thin.
_SIDE, _COLOUR, _VEIL = 256, (255, 212, 0), 90


def augmented_pictures(
    problem: Problem, table: FeatureTable, augment: Augment, title: str
) -> dict[str, Any] | None:
    """Return a few training pictures that have objects beside augmented ones; see ``Kind.augmented``."""
    marked = np.flatnonzero((table.y[:, :, 5] == 0).any(axis=1))
    shown = np.random.default_rng(problem.seed).permutation(marked)[:ROWS]
    known = [known_of(table.y[row]) for row in shown]
    pixels = read_pixels(table.X[PICTURE].iloc[shown].to_numpy())
    rows = [(one, own, _names(own, problem)) for one, own in zip(pixels, known, strict=True)]
    return augmented_group(rows, augment, title=title, what=" with its objects", draw=_drawn)


def _names(known: Known, problem: Problem) -> str:
    return ", ".join(str(problem.classes[code]) for code in np.unique(known.classes))


def _drawn(pixels: np.ndarray, known: Known) -> np.ndarray:
    """Return a picture with its boxes, and a veil on the pixels of masks."""
    side = max(_SIDE, len(pixels))
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR)
    if known.masks is not None:
        inside = Image.fromarray(known.on(side).any(axis=0).astype(np.uint8) * _VEIL)
        image.paste(Image.new("RGB", image.size, _COLOUR), (0, 0), inside)
    draw = ImageDraw.Draw(image)
    for x, y, w, h in known.boxes * side:
        draw.rectangle((x, y, x + max(1, w), y + max(1, h)), outline=_COLOUR, width=3)
    return np.asarray(image)
