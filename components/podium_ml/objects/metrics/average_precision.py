"""Metrics of found objects; see ``podium_ml.objects.precision``."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from podium_ml.metrics import Metric
from podium_ml.objects.precision import (
    LARGE,
    MEDIUM,
    SMALL,
    Matches,
    f1_by_score,
    joined,
    match_pictures,
    precisions,
    recalls,
)

TASKS = frozenset({"detection", "segmentation"})
Score = Callable[[list[Matches]], np.ndarray]
_SIZES = (SMALL, MEDIUM, LARGE)


def _by_size(y: np.ndarray, raw: np.ndarray) -> Sequence[Any]:
    return match_pictures(y, raw, _SIZES)


def _metric(
    name: str,
    title: str,
    score: Score,
    description: str,
    *,
    parts: Callable[[np.ndarray, np.ndarray], Sequence[Any]] = match_pictures,
    at: int = 0,
) -> Metric:
    """Return the metric that is the mean of a score over classes and overlaps where it is known.

    Args:
        name: See ``Metric``.
        title: See ``Metric``.
        score: Returns scores of the matches of each class, NaN where there are no objects.
        description: See ``Metric``.
        parts: Returns the matches in each picture, for one range of sizes or several.
        at: Which of these ranges.
    """

    def of_parts(pictures: Sequence[Any]) -> float:
        found = score(joined([one[at] for one in pictures]))
        known = found[np.isfinite(found)]
        return float(known.mean()) if known.size else math.nan

    def function(y_true: np.ndarray, raw: np.ndarray, weight: np.ndarray | None) -> float:
        return of_parts(parts(y_true, raw))

    return Metric(
        name,
        title,
        TASKS,
        "forecast",
        True,
        function,
        description,
        bounds=(0.0, 1.0),
        parts=parts,
        of_parts=of_parts,
    )


def _of_size(at: int, name: str, areas: str) -> Metric:
    description = f"mAP of objects of {areas} pixels of the picture, as COCO counts them."
    return _metric(f"map_{name}", f"mAP, {name} objects", precisions, description, parts=_by_size, at=at)


def _best_f1(matches: list[Matches]) -> np.ndarray:
    return f1_by_score(matches)[1].max(initial=0.0, keepdims=True)


SPECS = (
    replace(
        _metric(
            "map", "mAP", precisions, "Average precision over overlaps from .5 to .95, mean of the classes."
        ),
        default_for=TASKS,
    ),
    _metric(
        "map_50",
        "mAP@50",
        lambda found: precisions(found)[:, :1],
        "Average precision at an overlap of one half.",
    ),
    _metric(
        "map_75", "mAP@75", lambda found: precisions(found)[:, 5:6], "Average precision at an overlap of .75."
    ),
    _of_size(0, "small", "at most 32 x 32"),
    _of_size(1, "medium", "32 x 32 to 96 x 96"),
    _of_size(2, "large", "at least 96 x 96"),
    _metric(
        "average_recall", "AR", recalls, "Share of the objects that are found, over overlaps from .5 to .95."
    ),
    _metric(
        "best_f1", "F1", _best_f1, "F1 of objects at the best score threshold, at an overlap of one half."
    ),
)
