"""Chooses the test rows that models are scored on."""

import math
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

# Share of the time that the predictions of the chosen model may take. However late it is, so many rows are scored, and
# as many as take so many seconds.
_SHARE, _FEWEST, _LEAST_SECONDS = 0.4, 200, 1.0
# More rows would make scores hardly surer, and the predictions of all models must fit into memory together.
_MOST = 1_000_000


@dataclass(frozen=True)
class TestRows:
    """The test rows that are scored.

    Attributes:
        table: The rows, with a RangeIndex.
        positions: Their positions among all test rows, shape ``(n,)``.
        notes: Why rows were left out, in words for the user.
    """

    __test__ = False  # Keeps pytest from collecting this class.

    table: pd.DataFrame
    positions: np.ndarray
    notes: tuple[str, ...] = ()


def choose_rows(table: pd.DataFrame, problem: Problem, *, row_seconds: float, deadline: Deadline) -> TestRows:
    """Leave out rows of classes that no model can know. If time is short, or rows are very many, keep a random sample.

    Args:
        table: All test rows.
        problem: The problem; its seed determines the sample.
        row_seconds: Approximate seconds that the chosen model takes per row.
        deadline: When all models must have been scored.
    """
    positions, notes = np.arange(len(table)), []
    if len(table):
        target = target_of(problem)
        positions = np.flatnonzero(target.known(target.encode(table[problem.target], problem)))
        if unknown := len(table) - len(positions):
            rows = "1 test row has a class" if unknown == 1 else f"{unknown:,} test rows have classes"
            left_out = "It was left out." if unknown == 1 else "They were left out."
            notes.append(f"{rows} that no training row has. {left_out}")
    in_time = _affordable(row_seconds, deadline)
    if min(in_time, _MOST) < len(positions):
        sample = _sample(positions, table, problem, min(in_time, _MOST))
        why = " to finish in time" if in_time < _MOST else ", which tells as much"
        notes.append(f"Scored on a random sample of {len(sample):,} of {len(positions):,} test rows{why}.")
        positions = sample
    return TestRows(table.iloc[positions].reset_index(drop=True), positions, tuple(notes))


def _sample(positions: np.ndarray, table: pd.DataFrame, problem: Problem, most: int) -> np.ndarray:
    """Return a random sample of rows; of series whole ones, whose errors and charts would else mean little."""
    random = np.random.default_rng(problem.seed)
    if problem.series is None or not problem.group_column:
        return np.sort(random.choice(positions, most, replace=False))
    codes, unit = np.unique(table[problem.group_column].to_numpy()[positions], return_inverse=True)
    place = random.permutation(len(codes))
    size = np.zeros(len(codes), dtype=np.int64)
    size[place] = np.bincount(unit)
    return positions[(np.cumsum(size) <= max(most, size.max()))[place][unit]]


def _affordable(row_seconds: float, deadline: Deadline) -> int:
    if row_seconds <= 0 or math.isinf(deadline.remaining()):
        return sys.maxsize
    seconds = max(_LEAST_SECONDS, deadline.remaining() * _SHARE)
    return max(_FEWEST, int(seconds / row_seconds))
