"""Blocks for numeric features."""

import numpy as np

from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._scaler import RobustScaler


class RawNumbers(Block):
    """Unchanged numbers, NaN for missing; trees need no more."""

    def __init__(self, names: list[str]) -> None:
        self.outputs = tuple(Output(name, name) for name in names)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the numbers."""
        return inputs.numbers


class ScaledNumbers(Block):
    """Numbers on one robust scale; missing ones become the median."""

    def __init__(self, names: list[str]) -> None:
        self.outputs = tuple(Output(name, name) for name in names)
        self.scaler = RobustScaler()

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:
        """Learn medians and spreads."""
        self.scaler.fit(inputs.numbers)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return finite numbers between -3 and 3."""
        return self.scaler.transform(inputs.numbers)


class MissingIndicators(Block):
    """1 where a number is missing; features that are always missing together share one column."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.positions = np.empty(0, dtype=int)

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:
        """Find the features with missing values; of those that are missing in the same rows, keep the first."""
        missing = np.isnan(inputs.numbers)
        partly = np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0))
        first = {missing[:, position].tobytes(): position for position in partly[::-1]}
        self.positions = np.array(sorted(first.values()), dtype=int)
        self.outputs = tuple(Output(f"{self.names[p]}__missing", self.names[p]) for p in self.positions)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return zeros and ones."""
        return np.isnan(inputs.numbers[:, self.positions]).astype(np.float32)
