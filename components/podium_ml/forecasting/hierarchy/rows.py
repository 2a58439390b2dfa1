"""Rows of sums from the rows of their series."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.forecasting.hierarchy.tree import Tree
from podium_ml.forecasting.history import SERIES, STEP


def sums_of_history(rows: pd.DataFrame, tree: Tree, target: str, *, going_on: np.ndarray) -> pd.DataFrame:
    """Return a row of each sum and step at which all of its series that have begun and not ended have a value.

    Args:
        rows: Rows with ``SERIES``, ``STEP`` and the target; other numbers are averaged.
        tree: The sums.
        target: The column to add.
        going_on: Codes of series that must have a value at every step.
    """
    added = _rows_by_sum(rows.dropna(subset=[target]), tree)
    if not len(added):
        return added.head(0)
    grouped = added.groupby(["sum", STEP], sort=True)
    table = _means(grouped, rows, leave_out=(target,)).assign(**{target: grouped[target].sum()})
    found = table.assign(count=grouped.size()).reset_index()
    complete = found["count"].to_numpy() == _alive(found, added, tree, going_on)
    found = found[complete].reset_index(drop=True)
    return found.assign(**{SERIES: tree.sums[found["sum"]]}).drop(columns=["sum", "count"])


def sums_of_plan(rows: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """Return a row of each sum and step that some of its series have, with the means of their numbers."""
    added = _rows_by_sum(rows, tree)
    found = _means(added.groupby(["sum", STEP], sort=True), rows).reset_index()
    return found.assign(**{SERIES: tree.sums[found["sum"].to_numpy(dtype=np.int64)]}).drop(columns="sum")


def _rows_by_sum(rows: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """Return the rows of the series of each sum, with the position of the sum in ``sum``."""
    own = pd.DataFrame({"sum": tree.pairs[0], SERIES: tree.pairs[1]})
    return own.merge(rows, on=SERIES)


def _means(grouped: Any, rows: pd.DataFrame, leave_out: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the means of numbers by group."""
    numbers = [
        name for name in rows.select_dtypes("number").columns if name not in (SERIES, STEP, *leave_out)
    ]
    return grouped[numbers].mean() if numbers else grouped.size().to_frame("size").drop(columns="size")


def _alive(found: pd.DataFrame, added: pd.DataFrame, tree: Tree, going_on: np.ndarray) -> np.ndarray:
    """Return how many series of each sum have begun and not ended at the step of each row."""
    spans = added.groupby(["sum", SERIES])[STEP].agg(["min", "max"]).reset_index()
    last = int(added[STEP].max())
    spans.loc[spans[SERIES].isin(going_on), "max"] = last
    absent = np.isin(tree.pairs[1], going_on) & ~np.isin(tree.pairs[1], spans[SERIES])
    missing = np.bincount(tree.pairs[0][absent], minlength=len(tree.sums))
    alive = np.empty(len(found), dtype=np.int64)
    of_rows = found["sum"].to_numpy(dtype=np.int64)
    for at in np.unique(of_rows):
        rows = np.flatnonzero(of_rows == at)
        own = spans[spans["sum"] == at]
        steps = found[STEP].to_numpy()[rows]
        begun = np.searchsorted(np.sort(own["min"]), steps, side="right")
        ended = np.searchsorted(np.sort(own["max"]), steps, side="left")
        alive[rows] = begun - ended + missing[at]
    return alive
