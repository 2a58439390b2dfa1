"""Hashes of the rows that a model was trained on."""

import numpy as np
import pandas as pd

from podium_ml.champions.folder import ChampionFolder
from podium_ml.contracts import Problem
from podium_ml.values.hashes import row_hashes


def hash_rows(table: pd.DataFrame, problem: Problem) -> np.ndarray:
    """Return one hash per row of the features and the target; uint64, shape ``(n,)``.

    Other columns do not count, because a new export may number the same rows differently. Rows that are equal by chance
    count as the same row: leaving out a new row does less harm than scoring on a row that the model was trained on.

    Args:
        table: Rows with the columns of the problem; a missing column counts as missing values.
        problem: The problem of the model.
    """
    names = [*(column.name for column in problem.features), problem.target]
    return row_hashes(table.reindex(columns=names), names)


def unseen(table: pd.DataFrame, problem: Problem, seen: np.ndarray) -> np.ndarray:
    """Return whether each row is new to a model; booleans, shape ``(n,)``.

    Args:
        table: Rows.
        problem: The problem of the model.
        seen: Hashes of the rows that the model was trained on.
    """
    return ~np.isin(hash_rows(table, problem), seen)


def rows_to_compare(test: pd.DataFrame, champion: ChampionFolder) -> np.ndarray:
    """Return the hashes of the test rows that are new to the champion, as its own problem identifies rows.

    Args:
        test: The test rows.
        champion: A champion whose seen rows are known.
    """
    assert champion.champion is not None
    hashes, seen = hash_rows(test, champion.champion.problem), champion.seen_rows
    return hashes if seen is None else hashes[~np.isin(hashes, seen)]
