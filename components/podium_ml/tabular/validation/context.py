"""The data that guardrails check and may change."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Problem, Profile
from podium_ml.contracts.problem import Task
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularProblem
from podium_ml.tabular.validation.label_spellings import LabelSpellings
from podium_ml.targets import target_of_task
from podium_ml.values.hashes import value_hashes
from podium_ml.values.labels import canonical_labels, count_labels
from podium_ml.values.samples import sampled

# Maximum number of hashes to keep, 8 bytes each.
_MOST_HASHES = 20_000_000


@dataclass
class Context:
    """The data and everything inferred from it so far.

    Attributes:
        table: Labelled rows, with the user's columns.
        test: The user's separate test rows, or ``None``; after the split, the test rows.
        settings: The user's settings.
        task: Kind of problem.
        columns: All columns and their roles, by name.
        seconds: Wall-clock limit of the whole run.
        deadline: When the guardrails must have ended; costly ones are skipped when it is near.
        separate_test: Whether the user gave separate test rows.
        reference: Statistics of the training rows of a champion trained on other data, or ``None``.
        label_separator: What separates the labels of a set in text; empty if they are not in text.
        cancelled: Number of rows that were left out because their annotation was cancelled.
        rare_labels: Labels of sets that occur in too few rows to be learned.
        missing_columns: Columns of the table that are missing in the user's test rows.
        spellings: The labels as the user's rows write them.
        copies_together: Whether rows that are equal in every feature are copies, which must share a side of each split.
        problem: The inferred problem; ``None`` before the split.
    """

    table: pd.DataFrame
    test: pd.DataFrame | None
    settings: TabularProblem
    task: Task
    columns: dict[str, Column]
    seconds: float = math.inf
    deadline: Deadline = field(default_factory=Deadline)
    problem: Problem | None = None
    separate_test: bool = False
    reference: Profile | None = None
    label_separator: str = ""
    cancelled: int = 0
    rare_labels: frozenset[str] = frozenset()
    missing_columns: tuple[str, ...] = ()
    spellings: LabelSpellings = field(default_factory=LabelSpellings)
    copies_together: bool = False
    _cache: "_Cache" = field(default_factory=lambda: _Cache(pd.DataFrame()), repr=False)

    @property
    def target(self) -> pd.Series:
        """The target of all labelled rows."""
        return self.table[self.settings.target]

    def values(self, name: str) -> pd.Series:
        """Return one column of the labelled rows; fast even with thousands of columns."""
        return self._cached().series[name]

    def hashes(self, name: str) -> np.ndarray:
        """Return one hash per value of a column, as ``value_hashes`` does; cached for further guardrails."""
        cache = self._cached()
        if name in cache.hashes:
            return cache.hashes[name]
        hashes = value_hashes(cache.series[name])
        if self.table.size <= _MOST_HASHES:
            cache.hashes[name] = hashes
        return hashes

    def count_distinct(self, name: str) -> int:
        """Return the number of distinct values of a column, without missing values."""
        return len(pd.unique(self.hashes(name)[self.values(name).notna().to_numpy()]))

    def _cached(self) -> "_Cache":
        if self._cache.table is not self.table:
            self._cache = _Cache(self.table)
        return self._cache

    @property
    def features(self) -> list[Column]:
        """The columns that models may learn from, so far."""
        return [
            c
            for c in self.columns.values()
            if c.is_feature and c.role not in ("dropped", "target", "weight", "group")
        ]

    @property
    def target_type(self) -> str:
        """The type of target: ``values``, ``labels`` or ``label_sets``."""
        return target_of_task(self.task).name

    @property
    def classes(self) -> pd.Series:
        """The number of rows by class or label, most frequent first."""
        cache = self._cached()
        if cache.classes is None:
            target = self.target.explode() if self.target_type == "label_sets" else self.target
            cache.classes = count_labels(target)
        return cache.classes

    def strata(self) -> np.ndarray | None:
        """Return codes for stratified splits: the class, or the rarest label, of each row; ``None`` for values."""
        if self.target_type == "label_sets":
            return _rarest_labels(self.target, self.classes)
        if self.target_type == "labels":
            return canonical_labels(self.target)[0]
        return None

    def drop_column(self, name: str, reason: str) -> None:
        """Drop a column from the features.

        Args:
            name: The column.
            reason: Why it is dropped, in words for the user.
        """
        column = self.columns[name]
        self.columns[name] = replace(column, role="dropped", reason=reason, required=False, is_feature=False)

    def keep_rows(self, mask: np.ndarray) -> None:
        """Keep only the labelled rows where ``mask`` is true."""
        self.table = self.table[mask].reset_index(drop=True)

    def sample(self, rows: int) -> pd.DataFrame:
        """Return at most this many labelled rows, always the same ones."""
        return sampled(self.table, rows, seed=self.settings.seed)


def _rarest_labels(target: pd.Series, counts: pd.Series) -> np.ndarray:
    rank = {label: at for at, label in enumerate(counts.index)}
    return np.array([max((rank[label] for label in labels), default=len(rank)) for labels in target])


class _Cache:
    """Columns, hashes and classes of one state of the table."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.series = {str(name): values for name, values in table.items()}
        self.hashes: dict[str, np.ndarray] = {}
        self.classes: pd.Series | None = None
