"""Which series are sums of which others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

ALL = "(all)"
"""What a column of series holds in the rows of sums over it."""

Label = tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """The sums among series.

    Attributes:
        count: Number of series, sums among them.
        sums: Codes of the series that are sums, shape ``(m,)``.
        pairs: Positions of sums and the codes of the series that they add, shape ``(2, p)``.
    """

    count: int
    sums: np.ndarray
    pairs: np.ndarray

    @classmethod
    def of(cls, labels: Sequence[Label]) -> Self:
        """Return the sums among series with these labels: those that have ``ALL`` in a column."""
        patterns: dict[tuple[int, ...], dict[Label, int]] = {}
        codes: list[int] = []
        for code, label in enumerate(labels):
            if ALL in label:
                kept = tuple(at for at, part in enumerate(label) if part != ALL)
                patterns.setdefault(kept, {})[tuple(label[at] for at in kept)] = len(codes)
                codes.append(code)
        pairs = [
            (found, code)
            for code, label in enumerate(labels)
            if ALL not in label
            for kept, known in patterns.items()
            if (found := known.get(tuple(label[at] for at in kept))) is not None
        ]
        return cls(
            len(labels), np.array(codes, dtype=np.int64), np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        )

    def __bool__(self) -> bool:
        return len(self.sums) > 0

    @cached_property
    def is_sum(self) -> np.ndarray:
        """Whether each series is a sum, shape ``(count,)``."""
        found = np.zeros(self.count, dtype=bool)
        found[self.sums] = True
        return found

    def add(self, values: np.ndarray) -> np.ndarray:
        """Return values in which each sum is that of its series.

        Args:
            values: Values of all series, 0 for those that count for nothing, shape ``(count, ...)``.
        """
        added = values.copy()
        added[self.sums] = 0.0
        np.add.at(added, self.sums[self.pairs[0]], values[self.pairs[1]])
        return added


def labels_of_sums(labels: Sequence[Label], columns: Sequence[str], hierarchy: Sequence[str]) -> list[Label]:
    """Return the labels of the sums over series: of all, and of those that share the first columns of a hierarchy.

    A sum of a single series is that series, and is left out.

    Args:
        labels: Labels of the series.
        columns: The columns of series.
        hierarchy: Some of them, from the largest unit to the smallest.
    """
    found: dict[Label, int] = {}
    for depth in range(len(hierarchy) + 1):
        kept = {columns.index(name) for name in hierarchy[:depth]}
        if len(kept) == len(columns):
            break
        for label in labels:
            node = tuple(part if at in kept else ALL for at, part in enumerate(label))
            found[node] = found.get(node, 0) + 1
    return [label for label, count in found.items() if count > 1]
