"""The weights that a task was given, for what learns from them: an estimator knows its problem, but no folders."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from podium_ml.errors import TrainingError

FOLDER = "weights"
_given: ContextVar[Path | None] = ContextVar("given_weights", default=None)
_seconds: ContextVar[float] = ContextVar("given_seconds", default=math.inf)


@contextmanager
def giving(folder: str, *, seconds: float = math.inf) -> Iterator[None]:
    """Give weights to everything that is done inside.

    Args:
        folder: Has a folder of files for each setting that names weights; empty for none.
        seconds: How long frozen models may take for all rows.
    """
    tokens = _given.set(Path(folder) if folder else None), _seconds.set(seconds)
    try:
        yield
    finally:
        _given.reset(tokens[0])
        _seconds.reset(tokens[1])


def given(setting: str) -> Path:
    """Return the folder of the weights that a setting names.

    Raises:
        TrainingError: There are none.
    """
    folder = _given.get()
    if folder is None or not (folder / setting).is_dir():
        raise TrainingError(f"It needs pretrained weights: --{setting}.")
    return folder / setting


def seconds_given() -> float:
    """Return how long frozen models may take for all rows."""
    return _seconds.get()
