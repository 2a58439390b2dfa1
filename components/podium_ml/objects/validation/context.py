"""What guardrails look at."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.objects.validation.pictures import Pictures


@dataclass(frozen=True)
class Context:
    """Pictures that were read and split.

    Attributes:
        pictures: What was read.
        train: Training rows.
        test: Test rows.
        groups: Codes of training rows that are nearly the same picture.
        target: Column of the objects.
        grid: Cells along a side of the grid.
        masks: Whether objects have masks.
        left_out: Training pictures that are nearly the same as pictures of the user's test.
    """

    pictures: Pictures
    train: pd.DataFrame
    test: pd.DataFrame
    groups: np.ndarray
    target: str
    grid: int
    masks: bool
    left_out: int = 0
