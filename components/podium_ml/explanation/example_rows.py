"""The choice of a few rows that show what the model does well and badly."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Example:
    """A row worth a look.

    Attributes:
        row: Its position.
        title: What it is an example of.
    """

    row: int
    title: str


def choose_classified(truth: np.ndarray, predicted: np.ndarray, raw: np.ndarray) -> list[Example]:
    """Choose rows of a classification problem.

    Args:
        truth: Class codes, shape ``(n,)``.
        predicted: Predicted class codes, shape ``(n,)``.
        raw: Probabilities, shape ``(n, K)``.
    """
    certainty = np.take_along_axis(raw, predicted[:, None], axis=1)[:, 0]
    highest = np.sort(raw, axis=1)
    right = truth == predicted
    wishes = [
        ("Most certain, and right", certainty, right),
        ("Most certain of another class, and right", certainty, right),
        ("Most certain, yet wrong", certainty, ~right),
        ("Closest call", highest[:, -2] - highest[:, -1], np.ones(len(truth), dtype=bool)),
    ]
    chosen: list[Example] = []
    for title, order, allowed in wishes:
        if "another" in title and chosen:
            allowed = allowed & (predicted != predicted[chosen[0].row])
        _add_first(chosen, title, order, allowed)
    return chosen


def choose_valued(truth: np.ndarray, predicted: np.ndarray) -> list[Example]:
    """Choose rows of a regression problem.

    Args:
        truth: True values, shape ``(n,)``.
        predicted: Predictions, shape ``(n,)``.
    """
    chosen: list[Example] = []
    error = predicted - truth
    _add_first(chosen, "Highest prediction", predicted, np.ones(len(truth), dtype=bool))
    _add_first(chosen, "Lowest prediction", -predicted, np.ones(len(truth), dtype=bool))
    _add_first(chosen, "Furthest too high", error, error > 0)
    _add_first(chosen, "Furthest too low", -error, error < 0)
    return chosen


def _add_first(chosen: list[Example], title: str, order: np.ndarray, allowed: np.ndarray) -> None:
    """Add the allowed row that is greatest in ``order`` and not chosen yet, if there is one."""
    open_rows = allowed.copy()
    open_rows[[example.row for example in chosen]] = False
    if open_rows.any():
        chosen.append(Example(int(np.where(open_rows, order, -np.inf).argmax()), title))
