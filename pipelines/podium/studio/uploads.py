"""Files that a browser sends, alone or as a folder."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeGuard

from starlette.datastructures import UploadFile

from podium_ml.errors import DataError
from podium_ml.files.full_disk import is_full
from podium_ml.files.inside import inside

_PIECE = 1024 * 1024
_UPLOADED = re.compile(r"[^\w.-]+")
# What names of folders keep, because they may be classes of pictures.
_STRANGE = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_NAME, _DEEPEST = 200, 12


def is_file(value: Any) -> TypeGuard[UploadFile]:
    """Return whether a field of a form holds a file; without a choice, browsers send one without a name."""
    return isinstance(value, UploadFile) and bool(value.filename)


def safe_name(name: str, *, otherwise: str) -> str:
    """Return a name of the server's choice for a file or folder, with the ending that its user gave it.

    >>> safe_name("../../evil <script>.csv", otherwise="data.csv"), safe_name("..", otherwise="data.csv")
    ('evil-script-.csv', 'data.csv')
    """
    last = Path(name.replace("\\", "/")).name
    return _UPLOADED.sub("-", last).strip("-.")[-80:] or otherwise


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


async def store_folder(uploads: Iterable[UploadFile], folder: Path, *, anew: bool) -> Path:
    """Write the files of a folder below another one, and return where the folder is.

    Hidden and empty files are left out.

    Args:
        uploads: The files, whose names begin with that of their folder.
        folder: Where the folder goes.
        anew: Whether these are the first files, so that an earlier folder of the same name goes.

    Raises:
        DataError: There is no file, or a file cannot be written.
    """
    files = [(parts, one) for one in uploads if (parts := _parts(str(one.filename)))]
    if not files:
        raise DataError("The folder holds no files.", "Choose a folder with files that are not hidden.")
    root = folder / safe_name(files[0][0][0], otherwise="folder")
    if anew:
        shutil.rmtree(root, ignore_errors=True)
    for parts, upload in files:
        if upload.size:
            await _store_below(root, parts[1:], upload)
    return root


async def _store_below(root: Path, parts: tuple[str, ...], upload: UploadFile) -> None:
    path = inside(root, "/".join(parts))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await store(upload, path)
    except OSError as error:
        if is_full(error):
            raise
        raise DataError(f"{upload.filename} cannot be kept: {error.strerror}.", "Rename it.") from error


def _parts(name: str) -> tuple[str, ...]:
    """Return the names of the folders and of the file in a path; nothing if it is none of a visible file in a folder.

    >>> _parts("pictures/golden retriever/1.png"), _parts("a/.git/x"), _parts("a/../x"), _parts("x.png")
    (('pictures', 'golden retriever', '1.png'), (), (), ())
    """
    parts = tuple(_STRANGE.sub("-", part) for part in name.replace("\\", "/").split("/"))
    is_plain = all(
        part and not part.startswith(".") and len(part.encode()) <= _LONGEST_NAME for part in parts
    )
    return parts if is_plain and 1 < len(parts) <= _DEEPEST else ()
