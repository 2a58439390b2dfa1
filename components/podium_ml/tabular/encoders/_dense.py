"""The base class of encoders that return a dense matrix."""

from abc import abstractmethod
from dataclasses import replace

import numpy as np
import pandas as pd

from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._inputs import read_inputs
from podium_ml.tabular.encoders._levels import Levels
from podium_ml.tabular.encoders._target_matrix import count_classes
from podium_ml.tabular.features import FeatureRows


class DenseEncoder(Encoder):
    """Encodes a feature table as one float32 matrix, block by block."""

    @abstractmethod
    def _make_blocks(self, levels: Levels, n_classes: int) -> list[Block]:
        """Return unfitted blocks for a table with these levels; ``n_classes`` is 0 for regression."""

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fit, and return the training rows as float32; unlike in ``transform``, target means are cross-fitted."""
        n_classes = count_classes(y, task=self.task)
        self.levels_ = Levels(self.schema.of_kind("categorical")).fit(X)
        self.blocks_ = self._make_blocks(self.levels_, n_classes)
        inputs = replace(read_inputs(X, self.schema, self.levels_), weight=weight, group=group)
        return join([block.fit_transform(inputs, y) for block in self.blocks_], len(X))

    def transform(self, X: pd.DataFrame | FeatureRows) -> np.ndarray:
        """Encode rows as float32, shape ``(n, d)``."""
        inputs = read_inputs(X, self.schema, self.levels_)
        return join([block.transform(inputs) for block in self.blocks_], len(X))

    def _outputs(self) -> list[Output]:
        return [output for block in self.blocks_ for output in block.outputs]


def join(parts: list[np.ndarray], rows: int) -> np.ndarray:
    """Return blocks of columns side by side, float32, shape ``(rows, d)``."""
    filled = [part for part in parts if part.shape[1]]
    if not filled:
        return np.zeros((rows, 0), dtype=np.float32)
    return filled[0] if len(filled) == 1 else np.concatenate(filled, axis=1)
