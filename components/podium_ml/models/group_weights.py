"""Weights of models that differ from group to group of the rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class GroupWeights:
    """Weights of the members of an ensemble for each group of rows, such as a series.

    Attributes:
        column: Feature with the codes of the groups.
        codes: Codes, ascending, shape ``(g,)``.
        weights: Weights of each group, which sum to 1, shape ``(g, m)``.
    """

    column: str
    codes: np.ndarray
    weights: np.ndarray

    def of_groups(self, groups: np.ndarray, usual: np.ndarray) -> np.ndarray:
        """Return the weights of rows, shape ``(n, m)``.

        Args:
            groups: Codes of the rows' groups, shape ``(n,)``.
            usual: Weights of groups that are not known, shape ``(m,)``.
        """
        at = np.minimum(np.searchsorted(self.codes, groups), len(self.codes) - 1)
        known = self.codes[at] == groups
        return np.where(known[:, None], self.weights[at], usual)

    def of_rows(self, X: pd.DataFrame, usual: np.ndarray) -> np.ndarray:
        """Return the weights of rows, given by their features, shape ``(n, m)``."""
        return self.of_groups(X[self.column].to_numpy(), usual)
