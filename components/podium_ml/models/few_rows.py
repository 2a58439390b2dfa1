"""Predictions of few rows, for which waking threads takes longer than the work."""

import contextlib
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

_MOST_ROWS = 256


def one_thread_for_few(rows: int) -> AbstractContextManager[Any]:
    """Keep native libraries to one thread while few rows are predicted; leave them alone for many.

    Args:
        rows: Number of rows.
    """
    return _controller().limit(limits=1) if rows <= _MOST_ROWS else contextlib.nullcontext()


@cache
def _controller() -> Any:
    """Find the native libraries: a model has brought all of its own, and looking takes longer than a prediction."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
