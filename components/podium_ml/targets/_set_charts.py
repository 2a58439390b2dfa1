"""Charts of sets of labels."""

from typing import Any

import numpy as np

from podium_ml.targets._class_charts import curves_of

# Labels with a curve of their own, and labels in the table of scores.
_CURVES, _SCORES = 6, 50


def set_charts(
    y: np.ndarray,
    raw: np.ndarray,
    decided: np.ndarray,
    labels: list[str],
    weight: np.ndarray | None = None,
) -> dict[str, Any]:
    """Return the curves of the most frequent labels, and the scores of the labels.

    Args:
        y: True labels, shape ``(n, L)``.
        raw: Probabilities, shape ``(n, L)``.
        decided: Predicted labels, shape ``(n, L)``.
        labels: Names of the labels.
        weight: Weights of the rows with a mean of 1, or ``None``.
    """
    counts = y.sum(axis=0)
    order = np.argsort(-counts, kind="stable")
    shown = [at for at in order if 0 < counts[at] < len(y)][:_CURVES]
    curves = curves_of([(labels[at], y[:, at] == 1, raw[:, at]) for at in shown], weight)
    mass = np.ones(len(y)) if weight is None else weight
    return {
        "label_scores": [_scores(labels[at], y[:, at], decided[:, at], mass) for at in order[:_SCORES]],
        **curves,
    }


def _scores(label: str, y: np.ndarray, decided: np.ndarray, mass: np.ndarray) -> dict[str, Any]:
    hits, true, predicted = (float(mass @ one) for one in (y & decided, y, decided))
    return {
        "label": label,
        "rows": int(y.sum()),
        "precision": hits / predicted if predicted else None,
        "recall": hits / true if true else None,
        "f1": 2 * hits / (true + predicted) if true + predicted else None,
    }
