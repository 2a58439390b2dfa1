"""Folders that Podium itself fills with what it has fetched or unpacked: nothing in them is the pod's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDERS: set[Path] = set()


@contextmanager
def own_folder(folder: Path) -> Iterator[Path]:
    """Allow files in a folder for a while.

    Args:
        folder: A new folder of which no stranger knows the name, and which gets no links.
    """
    real = folder.resolve()
    _FOLDERS.add(real)
    try:
        yield folder
    finally:
        _FOLDERS.discard(real)


def is_own(real: Path) -> bool:
    """Whether a file, with its links resolved, is in such a folder."""
    return any(real.is_relative_to(folder) for folder in _FOLDERS)
