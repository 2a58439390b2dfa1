"""Watermarks and borders of pictures that give the label away."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.media.decoding import shrink
from podium_ml.media.packing import unpack
from podium_ml.media.pixels import COLOUR, read_pixels, to_pixels
from podium_ml.tabular.validation.context import Context
from podium_ml.values.hashes import hashable

# Rows and pixels that are looked at, and the width of the corners and edges that are.
_ROWS, _SIDE, _EDGE = 1_000, 32, 4
_FEWEST, _FEWEST_OF_CLASS, _FOLDS = 40, 5, 5
# The edges alone must be this often right, and leave at most this share of the errors of guessing.
_RIGHT, _ERRORS_LEFT = 0.9, 0.2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """See how well the outermost pixels alone tell the label."""
    columns = [column.name for column in context.features if column.role == "image"]
    if not columns or context.target_type != "labels":
        return guardrail.passed("Not checked: there are no pictures with classes.")
    table = context.sample(_ROWS)
    table = table[table[columns[0]].notna()]
    labels = hashable(table[context.settings.target]).astype(str).to_numpy()
    counts = np.unique(labels, return_counts=True)[1]
    if len(table) < _FEWEST or counts.min() < _FEWEST_OF_CLASS or context.deadline.passed():
        return guardrail.passed("Not checked: there are too few pictures, or there is no time.")
    right, guess = _right(_edges(list(table[columns[0]])), labels), counts.max() / len(labels)
    seen = f"The edges and corners of the pictures alone tell the label for {right:.0%} of them."
    if right < _RIGHT or 1 - right > _ERRORS_LEFT * (1 - guess):
        return guardrail.passed(seen)
    return guardrail.alert(
        seen, "Check whether a border, a watermark or the background gives it away.", columns=columns
    )


def _edges(packed: list[bytes]) -> np.ndarray:
    small = [to_pixels(shrink(unpack(one), 4 * _SIDE), _SIDE, COLOUR) for one in packed]
    pixels = read_pixels(small).astype(np.float32) / 255
    ring = np.ones((_SIDE, _SIDE), dtype=bool)
    ring[_EDGE:-_EDGE, _EDGE:-_EDGE] = False
    return pixels[:, ring].reshape(len(packed), -1)


def _right(edges: np.ndarray, labels: np.ndarray) -> float:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    return float((cross_val_predict(RidgeClassifier(alpha=1.0), edges, labels, cv=folds) == labels).mean())


SPEC = Guardrail("picture_marks", "Marks on pictures", "table", 117, check)
