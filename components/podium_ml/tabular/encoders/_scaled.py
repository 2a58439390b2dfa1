"""A block that scales the columns of another block."""

import numpy as np

from podium_ml.tabular.encoders._block import Block
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._scaler import RobustScaler


class Scaled(Block):
    """Another block's columns, scaled robustly.

    Args:
        block: Block whose columns are scaled.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.scaler = RobustScaler()

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Fit the block and the scaler, and return the scaled columns of the training rows."""
        columns = self.block.fit_transform(inputs, y)
        self.outputs = self.block.outputs
        self.scaler.fit(columns)
        return self.scaler.transform(columns)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return scaled columns."""
        return self.scaler.transform(self.block.transform(inputs))
