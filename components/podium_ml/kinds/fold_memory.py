"""What encoders remember from fold to fold, so that they need not look at the same row again."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Memory = dict[Hashable, Any]
"""What was found out about single rows, never what one row says about another."""

_memory: ContextVar[Memory | None] = ContextVar("fold_memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Let encoders use a memory for everything that is done inside."""
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)


def fold_memory() -> Memory | None:
    """Return the memory; ``None`` where there are no folds, as when a model predicts."""
    return _memory.get()
