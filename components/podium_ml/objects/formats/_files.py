"""Files of annotations and of the pictures that they are about."""

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.media.errors import PictureError
from podium_ml.media.named_files import folders_near
from podium_ml.media.names import has_picture_suffix, is_hidden
from podium_ml.media.places import read_file
from podium_ml.media.references import References

_LARGEST_TEXT = 1 << 30


def files_below(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files below a folder with one of some suffixes, sorted; a file itself if it has one."""
    if path.is_file():
        check_file(path, str(path))
        return [path] if path.suffix.lower() in suffixes else []
    found = []
    for here, folders, names in os.walk(path, followlinks=True):
        check_file(Path(here), here)
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        if len(Path(here).relative_to(path).parts) > 32:  # a loop of links
            folders.clear()
        named = [
            Path(here, name)
            for name in names
            if not is_hidden(name) and Path(name).suffix.lower() in suffixes
        ]
        found += [one for one in named if is_plain_file(one)]
    return sorted(found)


def is_plain_file(path: Path) -> bool:
    """Whether a path is a file, and no pipe or device, of which the end would never come.

    Raises:
        DataError: It leads to where runs on this cluster may not read.
    """
    check_file(path, str(path))
    return path.is_file()


def pictures_below(path: Path) -> list[Path]:
    """Return the files below a folder that are called pictures."""
    from podium_ml.media.names import SUFFIXES

    return files_below(path, SUFFIXES)


def first_below(path: Path, suffix: str) -> Path | None:
    """Return the first file below a folder, or the file itself, with a suffix; ``None`` if there is none."""
    return next(iter(files_below(path, (suffix,))), None)


def read_json(path: Path) -> Any:
    """Return the content of a JSON file.

    Raises:
        DataError: It is none.
    """
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not valid JSON: {error}.", "Create the file again.") from None


def read_text(path: Path) -> str:
    """Return the text of a file of annotations.

    Raises:
        DataError: It may not be read, is too large or is no UTF-8.
    """
    check_file(path, str(path))
    if path.stat().st_size > _LARGEST_TEXT:
        raise DataError(f"{path} is larger than 1 GB.", "Split it into several files.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text in UTF-8: {error.reason}.", "Create the file again.") from None


def is_json_with(path: Path, *keys: str) -> bool:
    """Whether a file is a JSON object with some keys."""
    return json_with(path, *keys) is not None


def json_with(path: Path, *keys: str) -> dict[str, Any] | None:
    """Return the content of a file that is a JSON object with some keys, else ``None``."""
    try:
        found = read_json(path)
    except (DataError, OSError):
        return None
    return found if isinstance(found, dict) and all(key in found for key in keys) else None


class Finder:
    """Finds the pictures that annotations name: beside them, in folders nearby, and by the end of their path.

    Args:
        folder: Folder of the annotations.
    """

    def __init__(self, folder: Path) -> None:
        self._references = References(folders_near(folder), _no_fetch)

    def find(self, name: str) -> Path | None:
        """Return the file of a picture, or ``None``."""
        path = self._references.find(name)
        return path if path is not None and has_picture_suffix(path.name) else None

    def reader(self, name: str) -> Callable[[], bytes]:
        """Return what reads a picture; it raises ``PictureError`` if there is none."""
        path = self.find(name)
        return partial(read_file, path) if path else _missing

    def by_stem(self, stem: str) -> Path | None:
        """Return the picture with a name without suffix, or ``None``."""
        from podium_ml.media.names import SUFFIXES

        return next((path for suffix in SUFFIXES if (path := self.find(f"{stem}{suffix}"))), None)


def _missing() -> bytes:
    raise PictureError("is missing")


def _no_fetch(url: str) -> bytes:
    raise DataError("pictures are not fetched for annotations", "Download them first.")
