"""The baseline, which shows the mean box of each class in every picture."""

from typing import Any, Self

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Cost
from podium_ml.contracts import Problem
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import known_of


class MeanBox:
    """Shows the same boxes in every picture.

    Args:
        layout: The shape of predictions.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.picture_ = layout.empty(1)[0]

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn the mean box of each class, and in how many pictures the class occurs."""
        known = [known_of(row) for row in y]
        boxes = np.concatenate([one.boxes[~one.crowd] for one in known])
        classes = np.concatenate([one.classes[~one.crowd] for one in known])
        inside = np.zeros((2 * self.layout.grid,) * 2)
        for one in known:
            inside += one.on(2 * self.layout.grid).any(axis=0) / max(1, len(known))
        for code in np.unique(classes):
            share = np.mean([(one.classes == code).any() for one in known])
            self.layout.place(self.picture_, int(code), boxes[classes == code].mean(axis=0), float(share))
        if self.layout.masks:
            nobody = np.full(inside.shape, -1)
            self.layout.place_pixels(self.picture_, inside, nobody, np.zeros((0, 4)))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the same grid for every row."""
        return np.repeat(self.picture_[None], len(X), axis=0)


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build a baseline."""
    return MeanBox(Layout.of(problem))


SPEC = AlgorithmSpec(
    name="baseline",
    title="Mean box",
    tasks=frozenset({"detection", "segmentation"}),
    build=build,
    needs="pixels",
    trials=1,
    weighted=False,
    cost=Cost(0.02),
    description="Shows the mean box of each class in every picture.",
)
