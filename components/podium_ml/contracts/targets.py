"""The targets, weights, groups and times of the training rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

# Training and validation rows of each fold.
Folds = list[tuple[np.ndarray, np.ndarray]]
_FILES = ("y", "weight", "group", "time")


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The targets of some rows, with their weights, groups and times.

    Attributes:
        y: Targets, encoded according to the type of target, one row per row of the table.
        weight: Sample weights, shape ``(n,)``, or ``None``.
        group: Codes (int64) of rows that must stay together, shape ``(n,)``, or ``None``: the user's groups, or the
            copies of each row.
        time: Times as sortable int64, shape ``(n,)``, or ``None``.
    """

    y: np.ndarray
    weight: np.ndarray | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None

    def of_rows(self, rows: np.ndarray) -> "Targets":
        """Return the targets of some rows.

        Args:
            rows: Positions of the rows, shape ``(r,)``.
        """
        known: dict[str, Any] = {
            name: values for name in _FILES if (values := getattr(self, name)) is not None
        }
        return Targets(**{name: values[rows] for name, values in known.items()})

    def save(self, folder: str | Path) -> None:
        """Write one NumPy file per array. The folder is created if it does not exist."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            if (values := getattr(self, name)) is not None:
                np.save(target / f"{name}.npy", values, allow_pickle=False)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what ``save`` wrote."""
        return cls(**load_arrays(folder))


def load_arrays(folder: str | Path) -> dict[str, Any]:
    """Return the arrays in a folder by name, with ``None`` for missing ones."""
    return {
        name: np.load(path, allow_pickle=False) if (path := Path(folder) / f"{name}.npy").exists() else None
        for name in _FILES
    }
