"""The files of weights: numbers and settings, never code."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from podium_ml.errors import SettingsError

# Formats of numbers. Those of PyTorch are pickles, which are read with ``weights_only=True`` alone.
NUMBERS = (".safetensors", ".onnx", ".bin", ".pt", ".pth", ".ckpt")
_BESIDE = (".json", ".txt", ".model", ".md", ".onnx_data")
_LICENCES = ("license", "licence", "copying")
MOST_BYTES = 4 << 30
_MOST_FILES = 200


def is_wanted(name: str) -> bool:
    """Whether a file belongs to weights, by its name.

    >>> is_wanted("model.safetensors"), is_wanted("modeling.py"), is_wanted("LICENSE")
    (True, False, True)
    """
    path = PurePosixPath(name)
    if any(part.startswith(".") for part in path.parts):
        return False
    return path.suffix.lower() in (*NUMBERS, *_BESIDE) or path.stem.lower() in _LICENCES


def chosen(names: Iterable[str]) -> list[str]:
    """Return the names of files to copy: of numbers in several formats, the safest.

    >>> chosen(["pytorch_model.bin", "model.safetensors", "config.json", "run.py"])
    ['config.json', 'model.safetensors']
    """
    wanted = sorted(filter(is_wanted, names))
    has_tensors = any(name.endswith(".safetensors") for name in wanted)
    return [name for name in wanted if not (has_tensors and name.endswith((".bin", ".pt", ".pth")))]


def check_sizes(sizes: Iterable[int], label: str) -> None:
    """Refuse weights that are too large.

    Raises:
        SettingsError: They are.
    """
    known = list(sizes)
    if sum(known) > MOST_BYTES or len(known) > _MOST_FILES:
        raise SettingsError(
            f"{label} has {len(known):,} files of {sum(known) / 2**30:.2g} GiB together; weights may have "
            f"{_MOST_FILES} files of {MOST_BYTES >> 30} GiB.",
            "Name the folder of one model.",
        )


def copy(source: Path, target: Path, name: str) -> None:
    """Copy a file into a folder, and make the folders between."""
    place = target / name
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)


def names_in(folder: Path) -> list[str]:
    """Return the files of a folder, sorted, with slashes."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def digest(folder: Path) -> str:
    """Return one hash of all files: the SHA-256 of lines of their hashes and names, as ``sha256sum`` prints them.

    If there is one file, it is the hash of that file.
    """
    hashes = {name: _of_file(folder / name) for name in names_in(folder)}
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    lines = "".join(f"{one}  {name}\n" for name, one in hashes.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def same_revision(found: str, asked: str, place: str) -> str:
    """Return the revision that is there, which must be the one that was asked for, if any.

    Raises:
        SettingsError: It is another one.
    """
    if asked and asked != found:
        raise SettingsError(
            f"The weights in {place} are not those of revision {asked}.",
            "They have changed: start the run again.",
        )
    return found
