"""Pickles with a trailer that is checked before anything is loaded.

A file is a plain pickle followed by the trailer, so ``pickle.load`` can also read it: it stops where the pickle ends.
Podium's own ``load`` first reads the trailer and rejects foreign, damaged or newer files without executing a byte.
Then it finds only the classes and functions that models need.
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

from podium_ml.confinement.extras import install_packages
from podium_ml.errors import ModelFileError
from podium_ml.files.allowed_names import RefusedNameError, find
from podium_ml.files.atomic_write import atomic_write

_MAGIC = b"PODIUM-1"
_FORMAT = 1
_FIELDS = {"format", "kind", "length", "sha256", "versions", "metadata"}
_PICKLE_START = b"\x80\x05"
_LENGTH_BYTES = 8
_TAIL = _LENGTH_BYTES + len(_MAGIC)
# Distributions whose versions decide whether a pickle loads. If a module is given, the version is recorded only if
# that module is imported.
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
    """Write a value atomically.

    Args:
        value: Value to pickle.
        path: File to write.
        kind: Kind of value, e.g. ``"predictor"``; ``load`` must be given the same kind.
        metadata: JSON-serializable facts that ``read_metadata`` returns without unpickling.

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
    """Return the value in a file written by ``dump``.

    Raises:
        ModelFileError: The file is missing, foreign, damaged, of another kind, or written by a newer Podium, or it
            names something that models do not need (see ``allowed_names``).
    """
    content = _read(Path(path))
    trailer = _trailer(content, path)
    if trailer["kind"] != kind:
        raise ModelFileError(
            f"{path} contains a {trailer['kind']}, not a {kind}.", f"Use the file of a {kind}."
        )
    payload = memoryview(content)[: trailer["length"]]
    if hashlib.sha256(payload).hexdigest() != trailer["sha256"]:
        raise ModelFileError(
            f"{path} is damaged: its content does not match its checksum.", "Copy it again from its run."
        )
    try:
        return _Unpickler(io.BytesIO(payload)).load()
    except RefusedNameError as error:
        raise ModelFileError(
            f"{path} was not loaded: it names {error.module}.{error.name}, which models do not need.",
            error.hint,
        ) from error
    except ModuleNotFoundError as error:
        raise ModelFileError(
            f"{path} needs the package '{error.name}'.", install_packages(str(error.name))
        ) from error
    except Exception as error:
        raise ModelFileError(
            f"{path} cannot be loaded here: {type(error).__name__}: {error}.", _differences(trailer)
        ) from error


class _Unpickler(pickle.Unpickler):
    """Finds what models need, also where it has moved since the file was written, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        return find(module, name)


def read_metadata(path: str | Path) -> dict[str, Any]:
    """Return the metadata of a file written by ``dump`` without unpickling it; raises the same errors as ``load``."""
    return _trailer(_read(Path(path)), path)["metadata"]


def _versions() -> dict[str, str]:
    """Return the versions of the imported libraries that a model may depend on."""
    found = {"python": platform.python_version()}
    for name, module in _LIBRARIES.items():
        if not module or module in sys.modules:
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                found[name] = importlib.metadata.version(name)
    return found


def _differences(trailer: dict[str, Any]) -> str:
    """Return a hint that lists the libraries whose versions differ from those the file was written with."""
    here = _versions()
    others = [f"{name} {v}" for name, v in trailer["versions"].items() if here.get(name, v) != v]
    return f"It was written with {', '.join(others)}; install the same versions." if others else ""


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
            raise ModelFileError(f"{path} was written by a newer Podium.", "Upgrade Podium.")
        whole = trailer["length"] + length == end and trailer.keys() >= _FIELDS
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ModelFileError(
            f"{path} is damaged: its trailer does not match its content.", "Copy it again from its run."
        )
    return trailer


def _not_ours(content: bytes, path: str | Path) -> ModelFileError:
    hint = "Use the model.pkl of a run."
    if not content:
        return ModelFileError(f"{path} is empty.", hint)
    if content.startswith(_PICKLE_START):
        return ModelFileError(f"{path} is truncated, or a pickle that Podium did not write.", hint)
    return ModelFileError(f"{path} was not written by Podium.", hint)
