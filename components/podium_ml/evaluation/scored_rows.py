"""Which of the test rows models are scored on."""

import math
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.targets.encoding import encode_target

# Share of the time that the chosen model's predictions may take, and rows that are scored in any case.
_SHARE, _FEWEST = 0.4, 200


@dataclass(frozen=True)
class TestRows:
    """The test rows that are scored.

    Attributes:
        table: The rows, with a RangeIndex.
        positions: Their positions among all test rows, shape ``(n,)``.
        notes: Why rows were left out, in words for the user.
    """

    __test__ = False  # no test class, whatever pytest thinks

    table: pd.DataFrame
    positions: np.ndarray
    notes: tuple[str, ...] = ()


def choose_rows(table: pd.DataFrame, problem: Problem, *, row_seconds: float, deadline: Deadline) -> TestRows:
    """Leave out rows of classes that no model can know, and, where time is short, all but a random part.

    Args:
        table: All test rows.
        problem: The problem; its seed decides which rows stay.
        row_seconds: About how long the chosen model predicts one row.
        deadline: When all models must have been scored.
    """
    positions, notes = np.arange(len(table)), []
    if problem.is_classification and len(table):
        positions = np.flatnonzero(encode_target(table[problem.target], problem) >= 0)
        if unknown := len(table) - len(positions):
            rows = "1 test row has a class" if unknown == 1 else f"{unknown:,} test rows have classes"
            notes.append(f"{rows} that the training rows lack; left out.")
    most = min(len(positions), _affordable(row_seconds, deadline))
    if most < len(positions):
        notes.append(f"Scored on {most:,} of {len(positions):,} test rows, drawn at random, to end in time.")
        random = np.random.default_rng(problem.seed)
        positions = np.sort(random.choice(positions, most, replace=False))
    return TestRows(table.iloc[positions].reset_index(drop=True), positions, tuple(notes))


def _affordable(row_seconds: float, deadline: Deadline) -> int:
    if row_seconds <= 0 or math.isinf(deadline.remaining()):
        return sys.maxsize
    return max(_FEWEST, int(deadline.remaining() * _SHARE / row_seconds))
