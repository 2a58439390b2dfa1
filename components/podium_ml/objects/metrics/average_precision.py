"""Metrics of found objects; see ``podium_ml.objects.precision``."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from podium_ml.metrics import Metric
from podium_ml.objects.precision import Matches, f1_by_score, match, precisions, recalls

_TASKS = frozenset({"detection", "segmentation"})
Function = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]


def _of_matches(score: Callable[[list[Matches]], np.ndarray]) -> Function:
    def function(y_true: np.ndarray, raw: np.ndarray, weight: np.ndarray | None) -> float:
        found = score(match(y_true, raw))
        known = found[np.isfinite(found)]
        return float(known.mean()) if known.size else math.nan

    return function


def _best_f1(matches: list[Matches]) -> np.ndarray:
    return f1_by_score(matches)[1].max(initial=0.0, keepdims=True)


def _metric(name: str, title: str, score: Callable[[list[Matches]], np.ndarray], description: str) -> Metric:
    return Metric(name, title, _TASKS, "forecast", True, _of_matches(score), description, bounds=(0.0, 1.0))


SPECS = (
    replace(
        _metric(
            "map", "mAP", precisions, "Average precision over overlaps from .5 to .95, mean of the classes."
        ),
        default_for=_TASKS,
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
    _metric(
        "average_recall", "AR", recalls, "Share of the objects that are found, over overlaps from .5 to .95."
    ),
    _metric(
        "best_f1", "F1", _best_f1, "F1 of objects at the best score threshold, at an overlap of one half."
    ),
)
