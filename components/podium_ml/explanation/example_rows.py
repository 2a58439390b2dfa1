"""Choice of a few rows that show what the model does well and badly."""

from dataclasses import dataclass

import numpy as np

from podium_ml.explanation.column_model import ColumnModel


@dataclass(frozen=True)
class Example:
    """An interesting row.

    Attributes:
        row: Its position.
        title: What it is an example of.
    """

    row: int
    title: str


def choose_examples(model: ColumnModel, truth: np.ndarray, predictions: np.ndarray) -> list[Example]:
    """Choose rows that suit the type of target; none for types without such a choice.

    Args:
        model: The model.
        truth: Encoded targets.
        predictions: Predictions, shape ``(n, n_outputs)``.
    """
    match model.target.name:
        case "labels":
            return choose_classified(truth, model.codes(predictions), predictions)
        case "label_sets":
            return choose_sets(truth, model.decisions(predictions), predictions)
        case "values":
            return choose_valued(truth, predictions[:, 0])
        case _:
            return []


def choose_sets(truth: np.ndarray, predicted: np.ndarray, raw: np.ndarray) -> list[Example]:
    """Choose rows of a problem whose targets are sets of labels.

    Args:
        truth: True labels as 0 and 1, shape ``(n, L)``.
        predicted: Predicted labels, shape ``(n, L)``.
        raw: Probabilities, shape ``(n, L)``.
    """
    certainty = np.abs(raw - 0.5).mean(axis=1)
    wrong = (truth != predicted).sum(axis=1)
    chosen: list[Example] = []
    _add_first(chosen, "Most certain, and right", certainty, wrong == 0)
    _add_first(chosen, "Most certain, yet wrong", certainty, wrong > 0)
    _add_first(chosen, "Most labels wrong", wrong.astype(np.float64), wrong > 0)
    _add_first(chosen, "Least certain", -certainty, np.ones(len(truth), dtype=bool))
    return chosen


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
    criteria = [
        ("Most certain, and right", certainty, right),
        ("Most certain of another class, and right", certainty, right),
        ("Most certain, yet wrong", certainty, ~right),
        ("Closest call", highest[:, -2] - highest[:, -1], np.ones(len(truth), dtype=bool)),
    ]
    chosen: list[Example] = []
    for title, order, allowed in criteria:
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
    _add_first(chosen, "Most overestimated", error, error > 0)
    _add_first(chosen, "Most underestimated", -error, error < 0)
    return chosen


def _add_first(chosen: list[Example], title: str, order: np.ndarray, allowed: np.ndarray) -> None:
    """Add the allowed row with the greatest ``order`` that is not chosen yet, if there is one."""
    available = allowed.copy()
    available[[example.row for example in chosen]] = False
    if available.any():
        chosen.append(Example(int(np.where(available, order, -np.inf).argmax()), title))
