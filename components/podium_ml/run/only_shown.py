"""Making what is only shown: charts, pages, statistics. A run must not end for it."""

import traceback
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def only_shown(make: Callable[[], T], *, otherwise: Callable[[], T]) -> T:
    """Return what ``make`` returns, or something simpler if that fails on unusual data; the log has the reason.

    >>> only_shown(lambda: "a chart", otherwise=lambda: "no chart")
    'a chart'
    """
    try:
        return make()
    except Exception:
        traceback.print_exc()
        return otherwise()
