"""Paths from names that others chose: keys of objects, artifacts of a registry, addresses."""

import re
from pathlib import Path, PurePosixPath

from podium_ml.errors import PodiumError

_LONGEST = 100
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]")


def inside(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder.

    Args:
        folder: The folder.
        name: Name of the file, with slashes between folders.

    Raises:
        PodiumError: The path leaves the folder, or is not a path of plain names.

    >>> inside(Path("run"), "logs/task.txt").as_posix()
    'run/logs/task.txt'
    """
    parts = name.split("/")
    is_plain = all(part not in ("", ".", "..") for part in parts) and not _STRANGE.search(name)
    path = folder.joinpath(*parts) if is_plain else folder
    if not is_plain or not path.resolve().is_relative_to(folder.resolve()):
        raise PodiumError(f"{name!r} is not a file in {folder}.", "Nothing is written outside of a folder.")
    return path


def plain_name(name: str, *, otherwise: str) -> str:
    """Return the last part of a path as a file name.

    Args:
        name: A path or key.
        otherwise: The name if that part is none.

    >>> plain_name("lake/a.csv", otherwise="file"), plain_name("lake/..", otherwise="file")
    ('a.csv', 'file')
    """
    last = _STRANGE.sub("-", PurePosixPath(name).name)[-_LONGEST:]
    return otherwise if last in ("", ".", "..") else last
