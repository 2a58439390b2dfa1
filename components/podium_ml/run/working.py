"""Which tasks of a run work at this moment on this machine. Imports the standard library only.

The local engine names a folder in ``PODIUM_WORKING``. Each child that works holds a lock on a file there. The kernel
releases the lock however the child ends, so a killed child does not count.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

WORKING_VARIABLE = "PODIUM_WORKING"


@contextlib.contextmanager
def announced() -> Iterator[None]:
    """Count this process as working; does nothing without the folder."""
    folder = os.environ.get(WORKING_VARIABLE)
    if not folder or not Path(folder).is_dir():
        yield
        return
    path = Path(folder) / str(os.getpid())
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def count() -> int:
    """Return the number of processes that work now, this one included; 0 if it is unknown."""
    folder = os.environ.get(WORKING_VARIABLE)
    if not folder:
        return 0
    with contextlib.suppress(OSError):
        return sum(_works(path) for path in Path(folder).iterdir())
    return 0


def _works(path: Path) -> bool:
    """Whether a process holds the lock of a file."""
    if path.name == str(os.getpid()):
        return True
    with contextlib.suppress(FileNotFoundError), path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
