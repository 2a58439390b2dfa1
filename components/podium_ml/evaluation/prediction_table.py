"""The chosen model's predictions as a table."""

from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.metrics import Threshold
from podium_ml.targets import target_of


def write_predictions(
    path: str | Path,
    problem: Problem,
    *,
    rows: np.ndarray,
    y: np.ndarray,
    raw: np.ndarray,
    threshold: Threshold,
) -> None:
    """Write the columns ``row``, ``truth`` and ``prediction``, and for classification ``probability_<class>`` columns.

    Args:
        path: Parquet file.
        problem: The problem.
        rows: Position of each row in its source file, shape ``(n,)``.
        y: Class codes or values, shape ``(n,)``.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model, or ``None``.
    """
    target = target_of(problem)
    columns = {
        "row": rows,
        "truth": target.column(target.decode(y, problem)),
        "prediction": target.column(target.decode(target.decide(raw, threshold), problem)),
    }
    for code, label in enumerate(problem.classes if target.output == "probabilities" else ()):
        columns[f"probability_{label}"] = raw[:, code]
    pd.DataFrame(columns).to_parquet(path, index=False)
