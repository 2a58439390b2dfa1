"""What the guardrails look at, and what they may change."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Problem, Profile
from podium_ml.contracts.problem import Task
from podium_ml.run.budget import Deadline
from podium_ml.settings.tabular import Settings
from podium_ml.targets.encoding import canonical
from podium_ml.values.hashes import value_hashes

# Hashes kept at most; 8 bytes each.
_MOST_HASHES = 20_000_000


@dataclass
class Context:
    """The data on its way to becoming a problem.

    Attributes:
        table: Labelled rows, with the user's columns.
        test: Separate test rows of the user's, or ``None``; after the split, the rows that were set aside.
        settings: What the user asked for.
        task: Kind of problem.
        columns: Every column and its role, by name.
        deadline: When the guardrails must have ended; the costly ones are skipped when it is near.
        separate_test: Whether the test rows are the user's own.
        champion: Statistics of the rows that the champion was trained on, or ``None``.
        lacking: Columns of the table that the user's own test rows do not have.
        problem: The problem as settled; ``None`` before the split.
    """

    table: pd.DataFrame
    test: pd.DataFrame | None
    settings: Settings
    task: Task
    columns: dict[str, Column]
    deadline: Deadline = field(default_factory=Deadline)
    problem: Problem | None = None
    separate_test: bool = False
    champion: Profile | None = None
    lacking: tuple[str, ...] = ()
    _seen: "_Seen" = field(default_factory=lambda: _Seen(pd.DataFrame()), repr=False)

    @property
    def target(self) -> pd.Series:
        """The target of all labelled rows."""
        return self.table[self.settings.target]

    def values(self, name: str) -> pd.Series:
        """Return one column of the labelled rows; quick also where there are thousands."""
        return self._of_table().series[name]

    def hashes(self, name: str) -> np.ndarray:
        """Return one hash a value of a column, as ``value_hashes`` does; kept, for several guardrails ask."""
        seen = self._of_table()
        if name in seen.hashes:
            return seen.hashes[name]
        hashes = value_hashes(seen.series[name])
        if self.table.size <= _MOST_HASHES:
            seen.hashes[name] = hashes
        return hashes

    def count_distinct(self, name: str) -> int:
        """Return the number of distinct values of a column, missing ones left out."""
        return len(np.unique(self.hashes(name)[self.values(name).notna().to_numpy()]))

    def _of_table(self) -> "_Seen":
        if self._seen.table is not self.table:
            self._seen = _Seen(self.table)
        return self._seen

    @property
    def features(self) -> list[Column]:
        """Columns that models may learn from, as things stand."""
        return [
            c
            for c in self.columns.values()
            if c.is_feature and c.role not in ("dropped", "target", "weight", "group")
        ]

    @property
    def classes(self) -> pd.Series:
        """Number of rows by class, most frequent first."""
        return self.target.astype(object).map(canonical).value_counts()

    def drop_column(self, name: str, reason: str) -> None:
        """Take a column from the features, for a reason in words for the user."""
        column = self.columns[name]
        self.columns[name] = replace(column, role="dropped", reason=reason, required=False, is_feature=False)

    def keep_rows(self, mask: np.ndarray) -> None:
        """Keep only the labelled rows where ``mask`` is true."""
        self.table = self.table[mask].reset_index(drop=True)

    def sample(self, rows: int) -> pd.DataFrame:
        """Return at most so many labelled rows, the same ones each time."""
        return sample_rows(self.table, rows, seed=self.settings.seed)


class _Seen:
    """What was looked up of one state of the table."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.series = {str(name): values for name, values in table.items()}
        self.hashes: dict[str, np.ndarray] = {}


def sample_rows(table: pd.DataFrame, rows: int, *, seed: int) -> pd.DataFrame:
    """Return at most so many rows, the same ones each time, in their order."""
    return table if len(table) <= rows else table.sample(n=rows, random_state=seed).sort_index()
