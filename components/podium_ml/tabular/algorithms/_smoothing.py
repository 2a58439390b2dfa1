"""Smoothed probabilities of trees and neighbours, never 0: rows of the overall class mix are added.

One wrong prediction made with certainty ruins the log loss, and a few rows do not justify certainty (the m-estimate of
Cestnik 1990; for trees: Provost and Domingos 2003).
"""

from typing import Any, Self

import numpy as np
from sklearn.neighbors import KNeighborsClassifier


def smooth_leaves(tree: Any, *, rows: float) -> None:
    """Add rows of the overall class mix to each node of a fitted scikit-learn tree, in place.

    Args:
        tree: The estimator's ``tree_``.
        rows: How many rows to add, in units of training rows.
    """
    shares, counts = tree.value, tree.weighted_n_node_samples[:, None, None]
    shares[:] = (shares * counts + shares[0].copy() * rows) / (counts + rows)


class SmoothedNeighborsClassifier(KNeighborsClassifier):  # type: ignore[misc]
    """Nearest neighbours plus one more neighbour with the overall class mix."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Store the rows and the class mix."""
        super().fit(X, y)
        self.mix_ = np.bincount(np.searchsorted(self.classes_, y)) / len(y)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return (super().predict_proba(X) * self.n_neighbors + self.mix_) / (self.n_neighbors + 1)
