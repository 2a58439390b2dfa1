"""The dimensions of a search space, as plain declarations that any optimizer can read."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Int:
    """An integer from ``low`` to ``high`` inclusive; uniform on a log scale if ``log``."""

    low: int
    high: int
    log: bool = False


@dataclass(frozen=True)
class Float:
    """A real number from ``low`` to ``high``; uniform on a log scale if ``log``."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Categorical:
    """One of a few JSON-serializable scalars."""

    choices: tuple[Any, ...]


Dimension = Int | Float | Categorical
