"""The building blocks of encoders: each turns inputs into some columns of the encoded matrix."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from podium_ml.tabular.encoders._inputs import Inputs


@dataclass(frozen=True)
class Output:
    """One column of the encoded matrix.

    Attributes:
        name: Unique name.
        feature: The feature of the table that it was made from.
    """

    name: str
    feature: str


class Block(ABC):
    """Some columns of the encoded matrix.

    Attributes:
        outputs: What the columns are; known once fitted.
    """

    outputs: tuple[Output, ...] = ()

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:  # noqa: B027 (most blocks that learn nothing need none)
        """Learn from a fold's training rows."""

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn, and return the training rows' columns; blocks that use the target cross-fit them."""
        self.fit(inputs, y)
        return self.transform(inputs)

    @abstractmethod
    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the columns, float32, shape ``(n, len(outputs))``."""
