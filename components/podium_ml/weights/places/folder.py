"""Weights in a folder of this machine."""

import hashlib
from pathlib import Path

from podium_ml.confinement import check_file
from podium_ml.errors import SettingsError
from podium_ml.weights import files

_DIGITS = 16


def revision(place: str, asked: str) -> str:
    """Return a part of the hash of the files' content."""
    digest = hashlib.sha256()
    for name, path in _found(place).items():
        digest.update(f"{name}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    found = digest.hexdigest()[:_DIGITS]
    return files.same_revision(found, asked, place)


def copy(place: str, revision: str, target: Path) -> None:
    """Copy the files; they are not linked, because their owner may write into them."""
    for name, path in _found(place).items():
        files.copy(path, target, name)


def _found(place: str) -> dict[str, Path]:
    folder = Path(place)
    check_file(folder, place)
    if folder.is_file():
        return {folder.name: folder}
    if not folder.is_dir():
        raise SettingsError(
            f"There is no folder {place} of weights.",
            "Write package:NAME, an existing folder, s3://BUCKET/FOLDER or hub:OWNER/NAME.",
        )
    found = {name: folder / name for name in files.chosen(files.names_in(folder))}
    for path in found.values():
        check_file(path, str(path))
    files.check_sizes([path.stat().st_size for path in found.values()], place)
    return found
