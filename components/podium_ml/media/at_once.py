"""Work on many pictures, in several threads."""

import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_THREADS = 4

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], values: Iterable[T]) -> list[R]:
    """Return what work gives for each value, in order.

    What Pillow warns of, such as odd metadata, is not told. The filter is set here, because threads share it.
    """
    with warnings.catch_warnings(), ThreadPoolExecutor(_THREADS) as pool:
        warnings.simplefilter("ignore")
        return list(pool.map(work, values))
