"""Which labels are likely to be wrong, and about which rows a model is least sure.

Confident learning (Northcutt et al., Journal of Artificial Intelligence Research, 2021): a label is doubtful if another
class is more probable than that class is where it is given.
"""

from dataclasses import dataclass

import numpy as np

# A model that is always sure can be no surer than usual.
_CERTAIN = 0.999


@dataclass(frozen=True)
class Doubts:
    """Doubts about the labels of rows, from out-of-fold predictions.

    Attributes:
        wrong: How likely each label is wrong, from 0 (no doubt) to 1, shape ``(n,)``.
        expected: What each label should be, as text.
        unsure: How unsure the model is of each row, from 0 to 1, shape ``(n,)``.
        given: What each label is, as text; ``None`` if the decoded target says it.
    """

    wrong: np.ndarray
    expected: list[str]
    unsure: np.ndarray
    given: list[str] | None = None


def unsure_of_classes(raw: np.ndarray) -> np.ndarray:
    """Return how unsure predictions of classes are: 1 if two classes are equally likely.

    Args:
        raw: Probabilities, shape ``(..., K)``.
    """
    if raw.shape[-1] < 2:
        return np.zeros(raw.shape[:-1])
    best = np.sort(raw, axis=-1)
    return 1 - (best[..., -1] - best[..., -2])


def unsure_of_sets(raw: np.ndarray) -> np.ndarray:
    """Return how unsure predictions of sets of labels are: 1 if a label is as likely as not.

    Args:
        raw: Probabilities of each label, shape ``(n, K)``.
    """
    return 1 - 2 * np.abs(raw - 0.5).min(axis=1)


def doubtful_labels(y: np.ndarray, raw: np.ndarray, classes: tuple[object, ...]) -> Doubts:
    """Return doubts about class labels.

    Args:
        y: Class codes, shape ``(n,)``.
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        classes: Names of the classes.
    """
    rows = np.arange(len(y))
    usual = np.array(
        [raw[y == code, code].mean() if (y == code).any() else np.inf for code in range(raw.shape[1])]
    )
    others = np.where(raw > np.minimum(usual, _CERTAIN), raw, 0.0)
    others[rows, y] = 0.0
    best = others.argmax(axis=1)
    own = raw[rows, y]
    is_doubtful = (others[rows, best] > 0) & (raw[rows, best] > own)
    expected = [str(classes[code]) for code in np.where(is_doubtful, best, raw.argmax(axis=1))]
    return Doubts(np.where(is_doubtful, 1 - own, 0.0), expected, unsure_of_classes(raw))


def doubtful_sets(y: np.ndarray, raw: np.ndarray, classes: tuple[object, ...]) -> Doubts:
    """Return doubts about sets of labels: by the label that is most improbable, or that is most improbably missing.

    Args:
        y: Which labels each row has, shape ``(n, K)``.
        raw: Out-of-fold probabilities of each label, shape ``(n, K)``.
        classes: Names of the labels.
    """
    off = np.abs(raw - y).max(axis=1)
    expected = [", ".join(str(classes[code]) for code in np.flatnonzero(row >= 0.5)) for row in raw]
    return Doubts(np.where(off >= 0.9, off, 0.0), expected, unsure_of_sets(raw))
