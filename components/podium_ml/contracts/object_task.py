"""What finding objects in pictures adds to a problem."""

from dataclasses import dataclass

# Pixels along a side of a cell of the grid.
CELL = 4


@dataclass(frozen=True)
class ObjectTask:
    """How objects are found.

    Attributes:
        masks: Whether objects have masks, not only boxes.
        grid: Cells along each side of the grid on which objects are found; see ``podium_ml.objects.grid``.
        most: Greatest number of objects in a picture.
        ids: Ids of the classes in the user's data, in the order of the classes.
    """

    masks: bool
    grid: int
    most: int
    ids: tuple[int, ...] = ()
