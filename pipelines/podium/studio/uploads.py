"""Files that a browser sends."""

from pathlib import Path
from typing import Any, TypeGuard

from starlette.datastructures import UploadFile

from podium_ml.errors import DataError

_PIECE = 1024 * 1024


def is_file(value: Any) -> TypeGuard[UploadFile]:
    """Return whether a field of a form holds a file; without a choice, browsers send one without a name."""
    return isinstance(value, UploadFile) and bool(value.filename)


async def store(upload: UploadFile, path: Path) -> Path:
    """Write an upload to a path, and return the path.

    Raises:
        DataError: The file is empty; nothing is kept.
    """
    try:
        with path.open("wb") as file:
            while piece := await upload.read(_PIECE):
                file.write(piece)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    if not path.stat().st_size:
        path.unlink()
        raise DataError(f"{upload.filename} is empty.", "Choose a file with rows.")
    return path
