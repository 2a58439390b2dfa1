"""The files of a path, folder, pattern or list. Imports the standard library only."""

import difflib
import glob
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from podium_ml.confinement import check_file
from podium_ml.errors import DataError
from podium_ml.values.addresses import scheme_of

DELTA_LOG = "_delta_log"
_PARTITION = re.compile(r"([^=/]+)=([^=/]*)")
_SHOWN = 5


@dataclass(frozen=True)
class LocalFile:
    """A file, and the values in the names of its folders.

    Attributes:
        path: Path of the file.
        partitions: Values of the ``name=value`` folders between the source and the file.
    """

    path: Path
    partitions: dict[str, str] = field(default_factory=dict)


def find_files(source: str) -> list[LocalFile]:
    """Return the files of a local source, sorted by name.

    Args:
        source: A path, a ``file://`` URL, a folder, or a pattern with ``*``, ``?`` or ``**``. A folder stands for all
            of its files except hidden ones (``.x``, ``_x``).

    Raises:
        DataError: There is no file, or permission is denied.
    """
    path = to_path(source)
    try:
        if path.is_dir():
            return [LocalFile(file, partitions_of(file.relative_to(path))) for file in _walk(path)]
        if path.exists():
            return [_checked(path)]
    except PermissionError as error:
        raise _not_allowed(error.filename or source) from error
    except OSError as error:  # a name that is too long, a loop of links
        raise DataError(f"{_shorten(source)} cannot be read: {error.strerror}.", "Check the path.") from error
    if glob.has_magic(source):
        return _match(str(path))
    raise _missing(source, path)


def to_path(source: str) -> Path:
    """Return a path or ``file://`` URL as a ``Path``; ``~`` is the user's home.

    Raises:
        DataError: It is a path that the pod of a run may not read.
    """
    name = unquote(urlsplit(source).path) if scheme_of(source) == "file" else source
    path = Path(name)
    with suppress(RuntimeError):  # no such user
        path = path.expanduser()
    check_file(path, _shorten(source))
    return path


def partitions_of(relative: Path | PurePosixPath) -> dict[str, str]:
    """Return the values in the folder names of a relative path, as Hive and Spark write them.

    >>> partitions_of(PurePosixPath("year=2024/country=DE/part-0.parquet"))
    {'year': '2024', 'country': 'DE'}
    """
    found = (_PARTITION.fullmatch(part) for part in relative.parts[:-1])
    return {match[1]: unquote(match[2]) for match in found if match}


def common_folder(paths: Sequence[Path]) -> Path | None:
    """Return the folder below which files lie if they lie in several folders, else ``None``.

    >>> common_folder([Path("photos/cat/1.png"), Path("photos/dog/1.png")])
    PosixPath('photos')
    """
    folders = {path.parent for path in paths}
    return Path(os.path.commonpath(folders)) if len(folders) > 1 else None


def is_hidden(name: str) -> bool:
    """Whether a file is not data: hidden, a marker like ``_SUCCESS``, or a checksum."""
    return name.startswith((".", "_")) or name.endswith(".crc")


def near_names(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that are most similar to a missing one."""
    small = {other.lower(): other for other in names}
    return [small[near] for near in difflib.get_close_matches(name.lower(), small, n=3, cutoff=0.5)]


def _walk(folder: Path) -> Iterator[Path]:
    files = []
    for here, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        check_file(Path(here), here)
        folders[:] = sorted(name for name in folders if not is_hidden(name) or "=" in name)
        files += [Path(here, name) for name in names if not is_hidden(name)]
    if not files:
        raise DataError(f"The folder {folder} contains no files.", "Use a folder with tables.")
    yield from sorted(_checked(file).path for file in files)


def _raise(error: OSError) -> None:
    raise error


def _match(pattern: str) -> list[LocalFile]:
    paths = [Path(found) for found in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207 - may be absolute
    files = [_checked(path) for path in paths if path.is_file() and not is_hidden(path.name)]
    if not files:
        raise DataError(f"No file matches {_shorten(pattern)}.", "Check the folder and the pattern.")
    return files


def _checked(path: Path) -> LocalFile:
    check_file(path, str(path))
    if not path.is_file():
        raise DataError(f"{path} is not a file or folder.", "Provide a file, folder or pattern.")
    if not os.access(path, os.R_OK):
        raise _not_allowed(path)
    return LocalFile(path)


def _not_allowed(path: str | Path) -> DataError:
    return DataError(f"{path} cannot be read: permission denied.", "Change its permissions or copy it.")


def _missing(source: str, path: Path) -> DataError:
    folder = next((parent for parent in path.parents if parent.is_dir()), Path())
    wanted = path.name if folder == path.parent else path.relative_to(folder).parts[0]
    try:
        siblings = sorted(name for name in os.listdir(folder) if not is_hidden(name))  # noqa: PTH208
    except OSError:
        siblings = []
    near = near_names(wanted, siblings)
    if near:
        hint = f"Did you mean {', '.join(str(folder / name) for name in near)}?"
    elif siblings:
        hint = f"{folder.resolve()} contains {', '.join(siblings[:_SHOWN])}{', ...' if len(siblings) > _SHOWN else ''}."
    else:
        hint = "Check the path."
    return DataError(f"There is no file or folder {_shorten(source)}.", hint)


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."
