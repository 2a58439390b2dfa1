"""A quick way to see whether local data has changed. Imports the standard library only."""

import hashlib
from pathlib import Path

from podium_ml.errors import DataError
from podium_ml.ingestion.local_files import DELTA_LOG, find_files, to_path
from podium_ml.values.addresses import place_of, split_list

_CHUNK = 4 * 1024 * 1024


def fingerprint_source(source: str) -> str:
    """Return a hash of all bytes of a local source.

    Args:
        source: A file, folder, pattern or list, as for ``podium run``.

    Returns:
        A SHA-256 in hexadecimal; empty for sources whose content is not known without reading it (URLs, databases), and
        if there is nothing to read.
    """
    digest = hashlib.sha256()
    try:
        for one in split_list(source):
            if place_of(one) != "local":
                return ""
            for path in _all_files(one):
                digest.update(
                    f"{path.parent.name}/{path.name}\0{path.stat().st_size}\0".encode(
                        errors="surrogateescape"
                    )
                )
                _add(digest, path)
    except (DataError, OSError):
        return ""  # reading the source will report the error
    return digest.hexdigest()


def _all_files(source: str) -> list[Path]:
    log = to_path(source) / DELTA_LOG
    versions = sorted(log.iterdir()) if log.is_dir() else []
    return [*(path for path in versions if path.is_file()), *(file.path for file in find_files(source))]


def _add(digest: "hashlib._Hash", path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
