"""A small convolutional network that finds the centres of objects and the edges around them, trained from scratch."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from podium_ml.objects.algorithms._centre_finder import GridFinder, finder_spec


class CentreFinder(GridFinder):
    """Finds objects with a network that sees pixels."""

    def _maker(self, X: np.ndarray, *, width: int) -> Callable[[], Any]:
        from podium_ml.objects.algorithms._centre_layers import CentreNetwork

        return partial(CentreNetwork, classes=self.layout.classes, masks=self.layout.masks, width=width)

    def _inputs(self, X: np.ndarray) -> Mapping[str, np.ndarray]:
        return {"pixels": X}


SPEC = finder_spec(
    "centre_network",
    "Centre network",
    "Finds the centres of objects, the edges of their boxes and their pixels; trained from scratch.",
    finder=CentreFinder,
    needs="pixels",
    seconds=2.0,
    usefulness=9,
    width=16,
)
