"""Grids of pictures for the report: the best and the worst predictions."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import Augment
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds.augmented_pictures import ROWS, augmented_group
from podium_ml.media.pixels import read_pixels
from podium_ml.media.shown import shown_picture
from podium_ml.tabular.row_errors import row_errors
from podium_ml.targets import predicted_rows, target_of

_SHOWN = 12


def picture_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return ``pictures``: groups with a ``title`` and ``pictures``; see ``Kind.charts``."""
    name, rows = train.schema.of_kind("image")[0], predicted_rows(oof)
    learned = train.X.iloc[rows], train.y[rows], oof[rows]
    has_test = test is not None and len(test.y) > 0
    shown = (test.X, test.y, raw) if test is not None and has_test else learned
    return {"pictures": [*_best_and_worst(problem, name, *shown), *_doubtful(problem, name, *learned)]}


def augmented_pictures(
    problem: Problem, table: FeatureTable, augment: Augment, title: str
) -> dict[str, Any] | None:
    """Return a few training pictures beside augmented ones; see ``Kind.augmented``."""
    cells, target = table.X[table.schema.of_kind("image")[0]].to_numpy(), target_of(problem)
    there = np.flatnonzero([bool(one) for one in cells])
    shown = np.random.default_rng(problem.seed).permutation(there)[:ROWS]
    notes = [target.text(one) for one in target.decode(table.y[shown], problem)]
    rows = [(one, None, note) for one, note in zip(read_pixels(cells[shown]), notes, strict=True)]
    return augmented_group(rows, augment, title=title, what="")


def _doubtful(
    problem: Problem, name: str, X: pd.DataFrame, y: np.ndarray, raw: np.ndarray
) -> list[dict[str, Any]]:
    """Return training pictures whose labels are likely to be wrong, and those of which the model is least sure."""
    doubts = target_of(problem).doubts(y, raw, problem)
    if doubts is None:
        return []
    there = np.array([bool(one) for one in X[name]])
    groups = []
    for title, amount in (("Likely label errors", doubts.wrong), ("Label more like these", doubts.unsure)):
        order = np.argsort(-amount * there, kind="stable")[:_SHOWN]
        order = order[(amount * there)[order] > 0]
        if len(order):
            pixels = read_pixels(X[name].iloc[order].to_numpy())
            groups.append({"title": title, "pictures": _pictures(problem, pixels, y[order], raw[order])})
    return groups


def _best_and_worst(
    problem: Problem, name: str, X: pd.DataFrame, y: np.ndarray, raw: np.ndarray
) -> list[dict[str, Any]]:
    there = np.flatnonzero([bool(one) for one in X[name]])
    errors = row_errors(y, raw)[there]
    order = there[np.argsort(-errors, kind="stable")]
    worst, best = order[:_SHOWN], order[::-1][:_SHOWN]
    groups = []
    for title, rows in (("Worst predictions", worst), ("Best predictions", best)):
        pixels = read_pixels(X[name].iloc[rows].to_numpy())
        groups.append({"title": title, "pictures": _pictures(problem, pixels, y[rows], raw[rows])})
    return groups


def _pictures(problem: Problem, pixels: np.ndarray, y: np.ndarray, raw: np.ndarray) -> list[dict[str, Any]]:
    target = target_of(problem)
    true = [target.text(one) for one in target.decode(y, problem)]
    found = [target.text(one) for one in target.decode(target.decide(raw, None), problem)]
    made = []
    for picture, own, answer in zip(pixels, true, found, strict=True):
        wrong = own != answer and raw.ndim > 1
        note = f"{own}, predicted {answer}" if wrong or raw.ndim == 1 else own
        made.append(shown_picture(picture, note, wrong=wrong))
    return made
