"""The chosen model's predictions as a table."""

from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.evaluation.decisions import predicted_labels
from podium_ml.targets.encoding import decode_target


def write_predictions(
    path: str | Path,
    problem: Problem,
    *,
    rows: np.ndarray,
    y: np.ndarray,
    raw: np.ndarray,
    threshold: float | None,
) -> None:
    """Write columns ``row``, ``truth``, ``prediction`` and, of a classification, one ``probability_<class>`` a class.

    Args:
        path: Parquet file.
        problem: The problem.
        rows: Position of each row in the file that it comes from, shape ``(n,)``.
        y: Class codes or values, shape ``(n,)``.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model, or ``None``.
    """
    decided = predicted_labels(raw, threshold) if problem.is_classification else raw
    columns = {
        "row": rows,
        "truth": _shown(y, problem),
        "prediction": _shown(decided, problem),
    }
    for code, label in enumerate(problem.classes):
        columns[f"probability_{label}"] = raw[:, code]
    pd.DataFrame(columns).to_parquet(path, index=False)


def _shown(codes: np.ndarray, problem: Problem) -> np.ndarray:
    """Return labels in their own type; those of several types as text, for a Parquet column has one."""
    labels = decode_target(codes, problem)
    return np.array([str(label) for label in labels], dtype=object) if labels.dtype == object else labels
