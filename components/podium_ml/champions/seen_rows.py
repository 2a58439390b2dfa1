"""Which rows a model has learned from."""

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.values.hashes import row_hashes


def hash_rows(table: pd.DataFrame, problem: Problem) -> np.ndarray:
    """Return one hash a row of what a model learns from: features and target; uint64, shape ``(n,)``.

    Other columns do not count, for a new export may number the same rows anew. Rows that are equal by chance count as
    the same: better a new row left out than a known one asked.

    Args:
        table: Rows with the columns of the problem; columns that lack count as missing values.
        problem: The problem of the model.
    """
    names = [*(column.name for column in problem.features), problem.target]
    return row_hashes(table.reindex(columns=names), names)


def unseen(table: pd.DataFrame, problem: Problem, seen: np.ndarray) -> np.ndarray:
    """Return whether each row is new to a model; booleans, shape ``(n,)``.

    Args:
        table: Rows.
        problem: The problem of the model.
        seen: Hashes of the rows that it learned from.
    """
    return ~np.isin(hash_rows(table, problem), seen)
