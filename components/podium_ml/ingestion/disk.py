"""Errors in writing files, worded for the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from podium_ml.errors import DataError
from podium_ml.files.full_disk import HINT, is_full


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Convert errors in writing, such as a full disk or a write-protected folder, to ``DataError``.

    Args:
        path: File that is being written.
    """
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DataError(f"No space is left on the disk while writing {path}.", HINT) from error
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}.", "Check the folder."
        ) from error
