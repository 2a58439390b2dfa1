"""Limits threads for predictions of a few rows, where starting threads takes longer than the work."""

import contextlib
import os
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from podium_ml.run.concurrency import THREADS_VARIABLE, cores, threads

_MAX_ROWS = 256


def one_thread_for_few(rows: int) -> AbstractContextManager[Any]:
    """Limit native libraries to one thread for a few rows; do nothing for many rows.

    Args:
        rows: Number of rows.
    """
    return one_thread() if is_few(rows) else contextlib.nullcontext()


def one_thread() -> AbstractContextManager[Any]:
    """Limit native libraries to one thread."""
    return _controller().limit(limits=1)


def is_few(rows: int) -> bool:
    """Return whether rows are so few that one thread predicts them sooner than several."""
    return rows <= _MAX_ROWS


def prediction_threads() -> int:
    """Return the number of threads for predictions of many rows: what a task may use, else all cores."""
    return threads() if THREADS_VARIABLE in os.environ else cores()


@cache
def _controller() -> Any:
    """Find the native libraries only once, because the search takes longer than a prediction.

    The model has loaded all of them by then.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
