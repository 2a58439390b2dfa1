"""Tables of labels that are likely to be wrong, and of rows of whose kind more labels would help most."""

from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.targets import predicted_rows, target_of
from podium_ml.values.formulas import without_formulas

ERRORS, NEXT = "label_errors.csv", "label_next.csv"
_MOST = 1_000


def write_label_doubts(
    folder: Path, problem: Problem, *, y: np.ndarray, oof: np.ndarray, names: tuple[str, ...] = ()
) -> None:
    """Write ``label_errors.csv`` and ``label_next.csv``, if labels of this kind can be doubted.

    Args:
        folder: Folder to write to.
        problem: The problem.
        y: Targets of the training rows.
        oof: Their out-of-fold predictions, NaN for rows without one.
        names: What the rows are called; empty if they have no names.
    """
    rows, target = predicted_rows(oof), target_of(problem)
    called = [names[row] for row in rows] if names else []
    doubts = target.doubts(y[rows], oof[rows], problem, names=called) if len(rows) else None
    if doubts is None:
        return
    given = target.column(target.decode(y[rows], problem)) if doubts.given is None else doubts.given
    table = pd.DataFrame(
        {
            "training_row": rows + 1,
            **({"name": called} if names else {}),
            "label": given,
            "expected": doubts.expected,
        }
    )
    _write(table.assign(doubt=doubts.wrong.round(4)), "doubt", folder / ERRORS)
    _write(table.assign(unsure=doubts.unsure.round(4)), "unsure", folder / NEXT)


def _write(table: pd.DataFrame, column: str, path: Path) -> None:
    shown = table[table[column] > 0].sort_values(column, ascending=False, kind="stable").head(_MOST)
    without_formulas(shown).to_csv(path, index=False)
