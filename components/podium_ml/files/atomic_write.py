"""Files that are there whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from podium_ml.errors import PodiumError


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Give a file beside ``path`` to write, and put it in its place when that went well.

    A process that is killed in between leaves the old file, if there was one, as it was.

    Args:
        path: File to write; its folder is made if need be.

    Raises:
        PodiumError: The file cannot be written, e.g. because the disk is full.
    """
    target = Path(path)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(target)
    except OSError as error:
        raise PodiumError(
            f"Cannot write {target}: {error.strerror or error}.", "Free some space or choose another folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
