"""The building blocks of encoders; each turns inputs into some columns of the encoded matrix."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from podium_ml.tabular.encoders._inputs import Inputs


@dataclass(frozen=True)
class Output:
    """One column of the encoded matrix.

    Attributes:
        name: Unique name.
        feature: Feature of the table that it was made from.
    """

    name: str
    feature: str


class Block(ABC):
    """Some columns of the encoded matrix.

    Attributes:
        outputs: Descriptions of the columns; known after fitting.
    """

    outputs: tuple[Output, ...] = ()

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:  # noqa: B027 (blocks that learn nothing need none)
        """Fit on a fold's training rows."""

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Fit, and return the columns of the training rows; blocks that use the target cross-fit them."""
        self.fit(inputs, y)
        return self.transform(inputs)

    @abstractmethod
    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the columns as float32, shape ``(n, len(outputs))``."""
