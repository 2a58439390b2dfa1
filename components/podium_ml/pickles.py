"""Pickles that say what they are: a plain pickle followed by a trailer that is checked before anything is loaded.

``pickle.load`` reads such a file too, since it stops where the pickle ends. Podium's own ``load`` first reads the
trailer and refuses what is foreign, damaged or too new, without running a byte of it.
"""

import hashlib
import importlib.metadata
import json
import os
import pickle
import platform
from pathlib import Path
from typing import Any

from podium_ml.errors import ModelFileError, PodiumError

_MAGIC = b"PODIUM-1"
_FORMAT = 1
_LENGTH_BYTES = 8


def dump(value: Any, path: str | Path, *, kind: str, metadata: dict[str, Any] | None = None) -> int:
    """Write a value, atomically.

    Args:
        value: What to pickle.
        path: File to write.
        kind: What it is, e.g. ``"predictor"``; ``load`` asks for the same.
        metadata: JSON-able facts that ``read_metadata`` returns without unpickling.

    Returns:
        Size of the file in bytes.

    Raises:
        PodiumError: The file cannot be written, e.g. because the disk is full.
    """
    payload = pickle.dumps(value, protocol=5)
    trailer = json.dumps(
        {
            "format": _FORMAT,
            "kind": kind,
            "length": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
            "python": platform.python_version(),
            "versions": _versions(),
            "metadata": metadata or {},
        }
    ).encode()
    parts = (payload, trailer, len(trailer).to_bytes(_LENGTH_BYTES, "big"), _MAGIC)
    _write(Path(path), parts)
    return sum(map(len, parts))


def load(path: str | Path, *, kind: str) -> Any:
    """Return the value of a file that ``dump`` wrote.

    Raises:
        ModelFileError: The file is missing, foreign, damaged, of another kind, or written by a newer Podium.
    """
    content = _read(Path(path))
    trailer = _trailer(content, path)
    if trailer["kind"] != kind:
        raise ModelFileError(f"{path} holds a {trailer['kind']}, not a {kind}.")
    payload = content[: trailer["length"]]
    if hashlib.sha256(payload).hexdigest() != trailer["sha256"]:
        raise ModelFileError(
            f"{path} is damaged: its content is not what was written.", "Copy it again from its run."
        )
    try:
        return pickle.loads(payload)
    except ModuleNotFoundError as error:
        raise ModelFileError(
            f"{path} needs the package '{error.name}'.", f"pip install {error.name}"
        ) from error
    except Exception as error:
        written = ", ".join(f"{name} {version}" for name, version in trailer["versions"].items())
        raise ModelFileError(
            f"{path} cannot be loaded here: {type(error).__name__}: {error}.",
            f"It was written with {written}.",
        ) from error


def read_metadata(path: str | Path) -> dict[str, Any]:
    """Return the metadata of a file that ``dump`` wrote, without unpickling; raises as ``load`` does."""
    return _trailer(_read(Path(path)), path)["metadata"]


def _versions() -> dict[str, str]:
    found = {}
    for name in ("podium-automl", "numpy", "pandas", "scikit-learn"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _write(path: Path, parts: tuple[bytes, ...]) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            for part in parts:
                file.write(part)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise PodiumError(
            f"Cannot write {path}: {error.strerror}.", "Free some space or choose another folder."
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"Cannot read {path}: {error.strerror}.") from error


def _trailer(content: bytes, path: str | Path) -> dict[str, Any]:
    foreign = ModelFileError(
        f"{path} was not written by Podium, or is cut short.", "Give the model.pkl of a run."
    )
    tail = len(_MAGIC) + _LENGTH_BYTES
    if len(content) < tail or not content.endswith(_MAGIC):
        raise foreign
    length = int.from_bytes(content[-tail : -len(_MAGIC)], "big")
    try:
        trailer = json.loads(content[len(content) - tail - length : len(content) - tail])
        complete = trailer["length"] + length + tail == len(content)
    except (ValueError, KeyError, TypeError):
        raise foreign from None
    if trailer["format"] > _FORMAT:
        raise ModelFileError(f"{path} was written by a newer Podium.", "Upgrade podium-automl.")
    if not complete:
        raise foreign
    return trailer
