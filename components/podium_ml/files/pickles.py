"""Pickles that say what they are: a plain pickle followed by a trailer that is checked before anything is loaded.

``pickle.load`` reads such a file too, since it stops where the pickle ends. Podium's own ``load`` first reads the
trailer and refuses what is foreign, damaged or too new, without running a byte of it.
"""

import contextlib
import hashlib
import importlib.metadata
import io
import json
import pickle
import platform
import sys
from pathlib import Path
from typing import Any

from podium_ml.errors import ModelFileError
from podium_ml.files.atomic_write import atomic_write
from podium_ml.files.moved_names import present_name

_MAGIC = b"PODIUM-1"
_FORMAT = 1
_FIELDS = {"format", "kind", "length", "sha256", "versions", "metadata"}
_PICKLE_START = b"\x80\x05"
_LENGTH_BYTES = 8
_TAIL = _LENGTH_BYTES + len(_MAGIC)
# Distributions whose versions decide whether a pickle loads; those with a module are noted only when it is imported.
_LIBRARIES = {
    "podium-automl": "",
    "numpy": "",
    "pandas": "",
    "scikit-learn": "",
    "lightgbm": "lightgbm",
    "xgboost": "xgboost",
    "catboost": "catboost",
    "interpret-core": "interpret",
    "torch": "torch",
}


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
            "versions": _versions(),
            "metadata": metadata or {},
        }
    ).encode()
    parts = (payload, trailer, len(trailer).to_bytes(_LENGTH_BYTES, "big"), _MAGIC)
    with atomic_write(path) as partial, partial.open("wb") as file:
        file.writelines(parts)
    return sum(map(len, parts))


def load(path: str | Path, *, kind: str) -> Any:
    """Return the value of a file that ``dump`` wrote.

    Raises:
        ModelFileError: The file is missing, foreign, damaged, of another kind, or written by a newer Podium.
    """
    content = _read(Path(path))
    trailer = _trailer(content, path)
    if trailer["kind"] != kind:
        raise ModelFileError(
            f"{path} holds a {trailer['kind']}, not a {kind}.", f"Give the file of a {kind}."
        )
    payload = memoryview(content)[: trailer["length"]]
    if hashlib.sha256(payload).hexdigest() != trailer["sha256"]:
        raise ModelFileError(
            f"{path} is damaged: its content is not what was written.", "Copy it again from its run."
        )
    try:
        return _Unpickler(io.BytesIO(payload)).load()
    except ModuleNotFoundError as error:
        raise ModelFileError(
            f"{path} needs the package '{error.name}'.", f"pip install {error.name}"
        ) from error
    except Exception as error:
        raise ModelFileError(
            f"{path} cannot be loaded here: {type(error).__name__}: {error}.", _differences(trailer)
        ) from error


class _Unpickler(pickle.Unpickler):
    """Finds classes that were elsewhere when the file was written."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(present_name(module), name)


def read_metadata(path: str | Path) -> dict[str, Any]:
    """Return the metadata of a file that ``dump`` wrote, without unpickling; raises as ``load`` does."""
    return _trailer(_read(Path(path)), path)["metadata"]


def _versions() -> dict[str, str]:
    """Return the versions of the libraries that a model may be made of, those that are imported."""
    found = {"python": platform.python_version()}
    for name, module in _LIBRARIES.items():
        if not module or module in sys.modules:
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                found[name] = importlib.metadata.version(name)
    return found


def _differences(trailer: dict[str, Any]) -> str:
    """Say which libraries are of another version than where the file was written."""
    here = _versions()
    others = [f"{name} {v}" for name, v in trailer["versions"].items() if here.get(name, v) != v]
    return f"It was written with {', '.join(others)}: install the same." if others else ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"Cannot read {path}: {error.strerror}.") from error


def _trailer(content: bytes, path: str | Path) -> dict[str, Any]:
    if not content.endswith(_MAGIC):
        raise _not_ours(content, path)
    length = int.from_bytes(content[-_TAIL : -len(_MAGIC)], "big")
    end = len(content) - _TAIL
    try:
        trailer: dict[str, Any] = json.loads(content[max(0, end - length) : end])
        if int(trailer["format"]) > _FORMAT:
            raise ModelFileError(f"{path} was written by a newer Podium.", "Upgrade podium-automl.")
        whole = trailer["length"] + length == end and trailer.keys() >= _FIELDS
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ModelFileError(
            f"{path} is damaged: its end does not fit its content.", "Copy it again from its run."
        )
    return trailer


def _not_ours(content: bytes, path: str | Path) -> ModelFileError:
    hint = "Give the model.pkl of a run."
    if not content:
        return ModelFileError(f"{path} is empty.", hint)
    if content.startswith(_PICKLE_START):
        return ModelFileError(f"{path} is cut short, or a pickle that Podium did not write.", hint)
    return ModelFileError(f"{path} was not written by Podium.", hint)
