"""Charts of found objects."""

from typing import Any

import numpy as np

from podium_ml.objects.precision import f1_by_score, match, precisions


def object_charts(y: np.ndarray, raw: np.ndarray, names: list[str]) -> dict[str, Any]:
    """Return ``label_scores``, the scores of each class at the best score threshold.

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
    return {"label_scores": sorted(rows, key=lambda row: -int(row["rows"]))}
