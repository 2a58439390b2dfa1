"""Pictures with what is in them and what was found, for the report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.media.pixels import read_pixels
from podium_ml.media.shown import shown_picture
from podium_ml.objects.doubts import doubtful_pictures
from podium_ml.objects.encoding import Known, known_of
from podium_ml.objects.features import PICTURE
from podium_ml.objects.grid import SHOWN_FROM, Detections, decode, overlaps
from podium_ml.targets import predicted_rows

_SHOWN, _SIDE = 8, 220
_SAME = 0.5
_TRUE, _FOUND = "#ffffff", "#d62728"


def picture_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return ``pictures``: groups with a ``title`` and ``pictures``; see ``Kind.charts``."""
    X, y = (train.X, train.y) if test is None or not len(test.y) else (test.X, test.y)
    if test is None or not len(test.y):
        rows = predicted_rows(oof)
        X, y, raw = X.iloc[rows], y[rows], oof[rows]
    number = len(problem.classes)
    pairs = [
        (known_of(row), decode(one, n_classes=number, lowest=SHOWN_FROM))
        for row, one in zip(y, raw, strict=True)
    ]
    mistakes = np.array([_mistakes(*pair) for pair in pairs])
    order = np.argsort(-mistakes, kind="stable")
    groups = [
        _group(title, X, pairs, mistakes, rows, problem)
        for title, rows in (("Most mistakes", order[:_SHOWN]), ("Fewest mistakes", order[::-1][:_SHOWN]))
    ]
    return {"pictures": [*groups, *_doubtful(problem, train, oof)]}


def _group(
    title: str,
    X: pd.DataFrame,
    pairs: Sequence[tuple[Known, Detections]],
    mistakes: np.ndarray,
    rows: np.ndarray,
    problem: Problem,
) -> dict[str, Any]:
    pixels = read_pixels(X[PICTURE].iloc[rows].to_numpy())
    pictures = [
        _picture(one, pairs[row], problem, int(mistakes[row])) for one, row in zip(pixels, rows, strict=True)
    ]
    return {"title": f"{title} (white: marked, red: found)", "pictures": pictures}


def _doubtful(problem: Problem, train: FeatureTable, oof: np.ndarray) -> list[dict[str, Any]]:
    """Return training pictures that may be marked wrongly, and those of which the model is least sure."""
    rows = predicted_rows(oof)
    number = len(problem.classes)
    doubts = doubtful_pictures(train.y[rows], oof[rows], [str(one) for one in problem.classes])
    groups = []
    for title, amount in (
        ("Likely errors of marking", doubts.wrong),
        ("Mark more like these", doubts.unsure),
    ):
        order = np.argsort(-amount, kind="stable")[:_SHOWN]
        order = order[amount[order] > 0]
        if not len(order):
            continue
        shown = rows[order]
        pairs = [
            (known_of(train.y[row]), decode(oof[row], n_classes=number, lowest=SHOWN_FROM)) for row in shown
        ]
        mistakes = np.array([_mistakes(*pair) for pair in pairs])
        places = np.arange(len(order))
        groups.append(_group(title, train.X.iloc[shown], pairs, mistakes, places, problem))
    return groups


def _mistakes(known: Known, found: Detections) -> int:
    """Return how many objects were missed, plus how many were found where there are none or of another class."""
    wanted = ~known.crowd
    fits = overlaps(found.boxes, known.boxes) >= _SAME
    fits &= found.classes[:, None] == known.classes[None, :]
    return int((~fits.any(axis=0) & wanted).sum() + (~fits.any(axis=1)).sum())


def _picture(
    pixels: np.ndarray, pair: tuple[Known, Detections], problem: Problem, mistakes: int
) -> dict[str, Any]:
    known, found = pair
    image = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    for boxes, colour, width in ((known.boxes, _TRUE, 3), (found.boxes, _FOUND, 1)):
        for x, y, w, h in boxes * _SIDE:
            draw.rectangle((x, y, x + max(1, w), y + max(1, h)), outline=colour, width=width)
    names = ", ".join(
        f"{problem.classes[code]} {score:.2f}"
        for code, score in zip(found.classes[:3], found.scores[:3], strict=True)
    )
    return shown_picture(np.asarray(image), names or "nothing found", wrong=mistakes > 0, side=_SIDE)
