"""What estimators know of the problem: classes, grid, masks; and grids made of boxes."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.objects.grid import EDGES, channels


@dataclass(frozen=True)
class Layout:
    """The shape of raw predictions.

    Attributes:
        classes: Number of classes.
        grid: Cells along a side.
        masks: Whether there are masks.
    """

    classes: int
    grid: int
    masks: bool

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the layout of a problem."""
        assert problem.objects is not None
        return cls(len(problem.classes), problem.objects.grid, problem.objects.masks)

    def empty(self, rows: int) -> np.ndarray:
        """Return grids without any object."""
        return np.zeros(
            (rows, self.grid, self.grid, channels(self.classes, masks=self.masks)), dtype=np.float32
        )

    def place(self, grid: np.ndarray, code: int, box: np.ndarray, score: float) -> None:
        """Put an object into a grid, at the cell of its centre.

        Args:
            grid: Grid of one picture, shape ``(G, G, channels)``.
            code: Its class.
            box: Left, top, width and height in shares of the picture.
            score: Its score.
        """
        x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
        column, row = (min(self.grid - 1, max(0, int(one * self.grid))) for one in (x, y))
        if grid[row, column, code] >= score:
            return
        grid[row, column, code] = score
        centre_x, centre_y = (column + 0.5) / self.grid, (row + 0.5) / self.grid
        edges = (centre_x - box[0], centre_y - box[1], box[0] + box[2] - centre_x, box[1] + box[3] - centre_y)
        grid[row, column, self.classes : self.classes + EDGES] = edges
