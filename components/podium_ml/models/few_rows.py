"""Limits threads for predictions of a few rows, where starting threads takes longer than the work."""

import contextlib
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

_MAX_ROWS = 256


def one_thread_for_few(rows: int) -> AbstractContextManager[Any]:
    """Limit native libraries to one thread for a few rows; do nothing for many rows.

    Args:
        rows: Number of rows.
    """
    return _controller().limit(limits=1) if is_few(rows) else contextlib.nullcontext()


def is_few(rows: int) -> bool:
    """Return whether rows are so few that one thread predicts them sooner than several."""
    return rows <= _MAX_ROWS


@cache
def _controller() -> Any:
    """Find the native libraries only once, because the search takes longer than a prediction.

    The model has loaded all of them by then.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
