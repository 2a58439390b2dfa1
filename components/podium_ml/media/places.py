"""Where pictures lie: a folder or an archive, with the same names and the same rules."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.media.archives import is_archive, open_archive
from podium_ml.media.beginnings import MOST, begins_as_picture
from podium_ml.media.errors import PictureError
from podium_ml.media.names import has_picture_suffix, is_hidden

# The largest file that is read as a picture.
LARGEST = 1 << 29
# Names that are looked at to see whether a folder holds pictures.
_MOST_LOOKED_AT = 2_000


@dataclass(frozen=True)
class Place:
    """Files below a folder or in an archive; hidden ones are left out.

    Attributes:
        names: Paths of the files below the place, with slashes, sorted.
        folders: Paths of the folders.
        read: Returns the bytes of a file, given its path; several threads may call it. Raises ``PictureError`` if the
            file cannot be read.
        head: Returns so many first bytes of a file; raises as ``read`` does.
    """

    names: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], bytes]
    head: Callable[[str, int], bytes]

    @cached_property
    def pictures(self) -> list[str]:
        """Paths of the files that are called pictures, and of those without an ending that begin like one."""
        return [name for name in self.names if has_picture_suffix(name) or self._begins_as_picture(name)]

    def _begins_as_picture(self, name: str) -> bool:
        try:
            return not PurePosixPath(name).suffix and begins_as_picture(self.head(name, MOST))
        except (PictureError, DataError):
            return False


@contextmanager
def open_place(path: Path, label: str) -> Iterator[Place]:
    """Open a folder or an archive.

    Raises:
        DataError: It cannot be read.
    """
    if path.is_dir():
        yield _of_folder(path)
        return
    with open_archive(path, label) as archive:
        yield Place(_sorted(archive.names), _sorted(archive.folders), archive.read, archive.head)


def holds_pictures(path: Path) -> bool:
    """Whether most files of a folder or archive are called pictures; a single table beside them describes them."""
    try:
        if path.is_dir():
            place = place_of_folder(path, tuple(_first_names(path)))
            return 2 * len(place.pictures) > len(place.names)
        if path.is_file() and is_archive(path):
            with open_place(path, path.name) as place:
                return 2 * len(place.pictures) > len(place.names)
        return False
    except (DataError, OSError):
        return False


def _of_folder(folder: Path) -> Place:
    names, folders = [], []
    for here, below, files in os.walk(folder, followlinks=True):
        check_file(Path(here), here)
        inside = Path(here).relative_to(folder)
        below[:] = sorted(name for name in below if not is_hidden(name))
        folders += [(inside / name).as_posix() for name in below]
        names += [(inside / name).as_posix() for name in files if not is_hidden(name)]
        if len(inside.parts) > 64:  # a loop of links
            below.clear()
    return place_of_folder(folder, _sorted(names), _sorted(folders))


def place_of_folder(folder: Path, names: tuple[str, ...], folders: tuple[str, ...] = ()) -> Place:
    """Return some files below a folder as a place.

    Args:
        folder: The folder.
        names: Paths of the files below it, with slashes.
        folders: Paths of the folders below it.
    """
    return Place(
        names,
        folders,
        read=lambda name: read_file(folder / name),
        head=lambda name, size: read_file(folder / name, size),
    )


def read_file(path: Path, most: int = -1) -> bytes:
    """Return the bytes of a file.

    Args:
        path: The file.
        most: Number of bytes after which reading stops; by default, all are read.

    Raises:
        PictureError: It cannot be read.
    """
    try:
        check_file(path, path.name)
        if not path.is_file():
            raise PictureError("is missing" if not path.exists() else "is no file")
        if path.stat().st_size > LARGEST:
            raise PictureError(f"is larger than {LARGEST >> 20} MB")
        with path.open("rb") as file:
            return file.read(most)
    except DataError as error:
        raise PictureError(f"may not be read: {error.message}") from None
    except (OSError, ValueError) as error:
        raise PictureError(f"cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _first_names(folder: Path) -> list[str]:
    names: list[str] = []
    for here, below, files in os.walk(folder, followlinks=True):
        inside = Path(here).relative_to(folder)
        below[:] = sorted(name for name in below if not is_hidden(name))
        names += [(inside / name).as_posix() for name in sorted(files) if not is_hidden(name)]
        if len(names) > _MOST_LOOKED_AT or len(inside.parts) > 16:
            break
    return names


def _sorted(names: "list[str] | tuple[str, ...]") -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name and not is_hidden(name)))
