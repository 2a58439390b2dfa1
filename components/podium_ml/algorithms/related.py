"""What an algorithm must know of the rows to split them itself."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Related:
    """Which rows of a fit belong together, and which follow others.

    Attributes:
        group: Codes of rows that must stay together, shape ``(n,)``, or ``None``.
        time: Sortable times, if later rows are predicted from earlier ones, shape ``(n,)``, or ``None``.
    """

    group: np.ndarray | None = None
    time: np.ndarray | None = None

    def of_rows(self, rows: np.ndarray) -> "Related":
        """Return the same of some rows.

        Args:
            rows: Positions of the rows, shape ``(r,)``.
        """
        return Related(*(None if values is None else values[rows] for values in (self.group, self.time)))
