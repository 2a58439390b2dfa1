"""Writing files completely or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from podium_ml.errors import PodiumError


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary file next to ``path``, and move it to ``path`` if the block succeeds.

    If the process is killed in between, an existing file stays unchanged.

    Args:
        path: File to write; its folder is created if necessary.

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
