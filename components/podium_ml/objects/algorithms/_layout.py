"""What estimators know of the problem: classes, grid, masks; and grids made of boxes."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.objects.grid import EDGES, QUARTERS, channels, in_quarters


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

    def place_pixels(
        self, grid: np.ndarray, likely: np.ndarray, owners: np.ndarray, boxes: np.ndarray
    ) -> None:
        """Put the pixels of objects into a grid.

        Args:
            grid: Grid of one picture, shape ``(G, G, channels)``.
            likely: How likely each pixel belongs to any object, shape ``(2 G, 2 G)``.
            owners: Number of the object that each pixel belongs to, -1 for none, shape ``(2 G, 2 G)``.
            boxes: Boxes of the objects in shares of the picture, shape ``(k, 4)``.
        """
        start = self.classes + EDGES
        grid[:, :, start : start + QUARTERS] = in_quarters(likely)
        if not len(boxes):
            return
        places = (np.arange(2 * self.grid) + 0.5) / (2 * self.grid)
        centres = (boxes[:, :2] + boxes[:, 2:] / 2)[owners]
        for axis, own in enumerate((places[None, :], places[:, None])):
            first = start + (1 + axis) * QUARTERS
            away = np.where(owners >= 0, centres[:, :, axis] - own, 0.0)
            grid[:, :, first : first + QUARTERS] = in_quarters(away)
