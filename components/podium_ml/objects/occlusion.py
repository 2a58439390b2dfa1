"""Which parts of a picture make the model see an object: its score with each part covered, box by box."""

from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from podium_ml.media.decoding import decode_any
from podium_ml.media.errors import PictureError
from podium_ml.media.occlusion import covered, heated
from podium_ml.media.shown import shown_picture
from podium_ml.objects.grid import SHOWN_FROM, Detections, decode
from podium_ml.run.budget import Deadline

_PICTURES, _BOXES, _SIDE = 4, 2, 160
# How many cells from its place the same object is looked for.
_NEAR = 1


def occlusion_maps(predictor: Any, rows: pd.DataFrame, *, deadline: Deadline) -> tuple[dict[str, Any], ...]:
    """Return pictures of single objects on which the parts that speak for them are red.

    The whole model predicts, an ensemble with all of its members.

    Args:
        predictor: The model.
        rows: Some rows, of which the first in which objects are found are shown.
        deadline: When to stop.
    """
    made: list[dict[str, Any]] = []
    column = predictor.featurizer.column
    for value in rows[column].head(4 * _PICTURES):
        if deadline.passed() or len(made) >= _PICTURES * _BOXES:
            break
        try:
            made += _of_picture(predictor, decode_any(value).image, column)
        except PictureError:
            continue
    return tuple(made)


def _of_picture(predictor: Any, image: Image.Image, column: str) -> list[dict[str, Any]]:
    number = len(predictor.names)
    found = decode(_raw(predictor, [image], column)[0], n_classes=number, lowest=SHOWN_FROM)
    if not len(found.scores):
        return []
    raw = _raw(predictor, covered(image), column)
    return [_of_box(predictor.names, image, found, at, raw) for at in range(min(_BOXES, len(found.scores)))]


def _of_box(
    names: list[str], image: Image.Image, found: Detections, at: int, raw: np.ndarray
) -> dict[str, Any]:
    """Return a picture that shows where covering lowers the score at the place of a box."""
    x, y, w, h = found.boxes[at]
    cells = raw.shape[1]
    row, column = (min(cells - 1, int(one * cells)) for one in (y + h / 2, x + w / 2))
    near = raw[
        :,
        max(0, row - _NEAR) : row + _NEAR + 1,
        max(0, column - _NEAR) : column + _NEAR + 1,
        found.classes[at],
    ]
    shown = Image.fromarray(heated(image, found.scores[at] - near.max(axis=(1, 2))))
    corners = (x * shown.width, y * shown.height, (x + w) * shown.width, (y + h) * shown.height)
    ImageDraw.Draw(shown).rectangle(corners, outline="white")
    note = f"{names[found.classes[at]]} {found.scores[at]:.2f}"
    return shown_picture(np.asarray(shown), note, wrong=False, side=_SIDE)


def _raw(predictor: Any, images: list[Image.Image], column: str) -> np.ndarray:
    table = pd.DataFrame({column: pd.Series(images, dtype=object)})
    return np.asarray(predictor.predict_features(predictor.featurizer.transform(table)))
