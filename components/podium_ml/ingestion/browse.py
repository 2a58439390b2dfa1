"""What lies in a folder or in a bucket, for users who look for their data."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from podium_ml.errors import DataError
from podium_ml.ingestion.local_files import is_hidden, to_path
from podium_ml.ingestion.objects import Objects
from podium_ml.values.addresses import place_of, scheme_of

MOST = 1000


@dataclass(frozen=True)
class Entry:
    """A file or folder.

    Attributes:
        name: Its name.
        source: Its address, as ``source`` takes it.
        is_folder: Whether it is a folder.
        size: Number of bytes; 0 for folders.
    """

    name: str
    source: str
    is_folder: bool
    size: int

    def to_row(self) -> dict[str, Any]:
        """Return the entry as a row of a table."""
        return asdict(self)


def browse(place: str) -> list[Entry]:
    """Return the folders and files in a place, folders first; hidden ones are left out.

    Args:
        place: A folder, or ``s3://bucket/folder``.

    Raises:
        DataError: There is no such place, or it cannot be listed.
    """
    kind = place_of(place)
    if kind == "local":
        found = _of_folder(to_path(place))
    elif kind == "objects":
        found = _of_bucket(place)
    else:
        raise DataError(f"{place} cannot be browsed.", "Give a folder or a bucket, like s3://lake/sales.")
    shown = [one for one in found if not is_hidden(one.name)]
    return sorted(shown, key=lambda one: (not one.is_folder, one.name))[:MOST]


def _of_folder(folder: Path) -> list[Entry]:
    try:
        with os.scandir(folder) as entries:
            return [
                Entry(one.name, str(folder / one.name), is_folder, 0 if is_folder else one.stat().st_size)
                for one in entries
                if not one.is_symlink() and ((is_folder := one.is_dir()) or one.is_file())
            ]
    except OSError as error:
        raise DataError(f"{folder} cannot be listed: {error.strerror}.", "Name a folder.") from error


def _of_bucket(place: str) -> list[Entry]:
    scheme, bucket = scheme_of(place), place.partition("://")[2].partition("/")[0]
    return [
        Entry(
            PurePosixPath(one.key).name,
            f"{scheme}://{bucket}/{one.key}",
            one.key.endswith("/"),
            one.size or 0,
        )
        for one in Objects(place).entries(most=MOST)
    ]
