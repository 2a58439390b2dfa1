"""Charts of found objects."""

from typing import Any

import numpy as np

from podium_ml.objects.error_kinds import kinds_of_errors
from podium_ml.objects.precision import Matches, f1_by_score, match, precisions

# Classes with a curve of their own, and points of a curve.
_CURVES, _POINTS = 6, 200


def object_charts(y: np.ndarray, raw: np.ndarray, names: list[str]) -> dict[str, Any]:
    """Return scores, confusions and kinds of error at the best score threshold, and curves of precision and recall.

    Args:
        y: Encoded objects.
        raw: Raw predictions of the same pictures.
        names: Names of the classes.
    """
    found = match(y, raw)
    average = precisions(found)
    scores, f1 = f1_by_score(found)
    threshold = float(scores[f1.argmax()]) if len(scores) else 1.0
    rows = []
    for name, one, own in zip(names, found, average, strict=True):
        taken = (one.scores >= threshold) & ~one.ignored[0]
        hits = int(one.right[0][taken].sum())
        precision = hits / taken.sum() if taken.any() else 0.0
        recall = hits / one.objects if one.objects else 0.0
        rows.append(
            {
                "label": name,
                "rows": one.objects,
                "precision": float(precision),
                "recall": float(recall),
                "f1": float(2 * hits / max(1, taken.sum() + one.objects)),
                "map": float(np.nanmean(own)) if one.objects else None,
            }
        )
    order = sorted(range(len(names)), key=lambda code: -found[code].objects)
    return {
        "label_scores": [rows[code] for code in order],
        "precision_recall": [
            _curve(names[code], found[code], float(average[code, 0]))
            for code in order[:_CURVES]
            if found[code].objects and len(found[code].scores)
        ],
        **kinds_of_errors(y, raw, names, threshold),
    }


def _curve(label: str, found: Matches, area: float) -> dict[str, Any]:
    """Return recall and precision at an overlap of one half, from the highest score down."""
    kept = ~found.ignored[0]
    order = np.argsort(-found.scores[kept], kind="stable")
    hits = np.cumsum(found.right[0][kept][order])
    recall, precision = hits / found.objects, hits / np.arange(1, len(hits) + 1)
    shown = np.unique(np.linspace(0, max(0, len(hits) - 1), _POINTS).astype(int))[: len(hits)]
    return {"label": label, "x": recall[shown].tolist(), "y": precision[shown].tolist(), "area": area}
