"""Grids of pictures for the report: the best and the worst predictions."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.media.pixels import read_pixels
from podium_ml.media.shown import shown_picture
from podium_ml.targets import predicted_rows, target_of

_SHOWN = 12


def picture_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return ``pictures``: groups with a ``title`` and ``pictures``; see ``Kind.charts``."""
    if test is not None and len(test.y):
        return _groups(problem, test.X, test.schema.of_kind("image")[0], test.y, raw)
    rows = predicted_rows(oof)
    return _groups(problem, train.X.iloc[rows], train.schema.of_kind("image")[0], train.y[rows], oof[rows])


def _groups(problem: Problem, X: pd.DataFrame, name: str, y: np.ndarray, raw: np.ndarray) -> dict[str, Any]:
    there = np.flatnonzero([bool(one) for one in X[name]])
    errors = _errors(y, raw)[there]
    order = there[np.argsort(-errors, kind="stable")]
    worst, best = order[:_SHOWN], order[::-1][:_SHOWN]
    groups = []
    for title, rows in (("Worst predictions", worst), ("Best predictions", best)):
        pixels = read_pixels(X[name].iloc[rows].to_numpy())
        groups.append({"title": title, "pictures": _pictures(problem, pixels, y[rows], raw[rows])})
    return {"pictures": groups}


def _errors(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return how wrong each prediction is: by the probability of what is true, or by the distance."""
    if raw.ndim == 1:
        return np.abs(raw - y)
    if y.ndim > 1:
        return np.abs(raw - y).max(axis=1)
    return 1 - raw[np.arange(len(y)), y]


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
