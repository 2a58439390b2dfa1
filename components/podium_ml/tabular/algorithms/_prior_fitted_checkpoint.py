"""The weights of TabPFN: numbers, and what the network is like, as plain values in the header of their file."""

import dataclasses
import json
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from podium_ml.errors import SettingsError
from podium_ml.tabular.algorithms._in_context_checkpoint import UNREADABLE

_ENDINGS = (".safetensors", ".ckpt", ".pt", ".pth")
_LONGEST_WORD, _LARGEST_SIZE, _LARGEST_BASE, _DEEPEST = 100, 8192, 1e9, 6
# Values of the network's configuration that are no sizes.
_BASES = ("feat_agg_rope_base", "seed")


def is_tabpfn(name: str) -> bool:
    """Whether a file holds a network of TabPFN, by its name.

    >>> is_tabpfn("tabpfn-v2-classifier.ckpt"), is_tabpfn("tabicl-classifier-v2.ckpt")
    (True, False)
    """
    path = Path(name)
    return path.suffix in _ENDINGS and "tabpfn" in path.name.lower()


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained network of tables.

    Attributes:
        content: Its file, as safetensors.
        classes: Whether it is to predict classes.
    """

    content: bytes
    classes: bool

    def specs(self) -> Any:
        """Return what TabPFN's estimators take as their model; it is shared, and must not be changed."""
        return _specs(self)


@lru_cache(maxsize=2)
def read_checkpoint(folder: Path, *, classes: bool) -> Checkpoint:
    """Read a network for classes or for values from a folder.

    TabPFN is published as several files, whose names say what they predict. The one with the shortest name is for
    tables of any kind.

    Args:
        folder: The folder.
        classes: Whether it predicts classes.

    Raises:
        SettingsError: The folder holds no such network, or its file holds more than numbers and plain values.
    """
    task, other = ("classifier", "regressor") if classes else ("regressor", "classifier")
    files = [path for path in folder.rglob("*") if is_tabpfn(path.name) and other not in path.name]
    if not files:
        raise SettingsError(
            f"pretrained: there is no {task} of TabPFN among the weights.",
            f"Give a folder with one of its checkpoints, such as tabpfn-v2-{task}.ckpt.",
        )
    path = sorted(files, key=lambda one: (task in one.name, -len(one.name), one.name))[-1]
    checkpoint = Checkpoint(_content(path), classes)
    _check(checkpoint.content, path.name)
    return checkpoint


def _content(path: Path) -> bytes:
    """Return a file as safetensors, which is what it may be already."""
    if path.suffix == ".safetensors":
        return path.read_bytes()
    import torch
    from tabpfn.checkpoint import save_as_safetensors

    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
        held["state_dict"] = {name: one.clone() for name, one in held["state_dict"].items()}
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            save_as_safetensors(held, Path(folder) / "weights.safetensors")
            return (Path(folder) / "weights.safetensors").read_bytes()
    except UNREADABLE as error:
        raise _refused(path.name, str(error).partition("\n")[0][:200]) from None


def _check(content: bytes, label: str) -> None:
    """Refuse a network whose header names anything but a known architecture of usual size.

    Raises:
        SettingsError: It does.
    """
    from tabpfn.architectures import ARCHITECTURES

    try:
        size = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + size])["__metadata__"]
        known = {name: json.loads(text) for name, text in header.items()}
        architecture = ARCHITECTURES[_architecture(known.get("architecture_name", "tabpfn_v2"))]
        config = dataclasses.asdict(architecture.parse_config(known["config"])[0])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _refused(label, f"{type(error).__name__}: {error}"[:200]) from None
    wrong = [name for name, value in config.items() if not _is_plain(value, _limit(name))]
    wrong += [
        name
        for name, value in (known.get("inference_config") or {}).items()
        if not _is_plain(value, _LARGEST_BASE)
    ]
    if wrong:
        raise SettingsError(
            f"pretrained: {label} has a configuration of unusual size: {', '.join(wrong[:5])}.",
            "Copy it again from where it is published.",
        )


def _architecture(name: str) -> str:
    """Return the name of an architecture; version 2.5 was published under a name that says nothing."""
    return "tabpfn_v2_5" if name == "base" else name


def _limit(name: str) -> float:
    return _LARGEST_BASE if name in _BASES else _LARGEST_SIZE


def _is_plain(value: object, largest: float, depth: int = 0) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_WORD
    if isinstance(value, int | float):
        return abs(value) <= largest
    if isinstance(value, dict | list):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return (
            depth < _DEEPEST
            and len(parts) <= _LARGEST_SIZE
            and all(_is_plain(part, largest, depth + 1) for part in parts)
        )
    return value is None


def _refused(label: str, reason: str) -> SettingsError:
    return SettingsError(
        f"pretrained: {label} is no checkpoint of TabPFN that this version of tabpfn knows: {reason}",
        "Copy it again from where it is published, or install another version of tabpfn.",
    )


@lru_cache(maxsize=2)
def _specs(checkpoint: Checkpoint) -> Any:
    from tabpfn.base import ClassifierModelSpecs, RegressorModelSpecs
    from tabpfn.model_loading import load_model

    # A model file, which may be somebody else's, can hold any configuration.
    _check(checkpoint.content, "The model")
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        path = Path(folder) / "weights.safetensors"
        path.write_bytes(checkpoint.content)
        task = "classifier" if checkpoint.classes else "regressor"
        try:
            network, criterion, config, inference = load_model(path=path, estimator_type=task)
        except (RuntimeError, TypeError, ValueError) as error:
            raise _refused("The file", str(error).partition("\n")[0][:200]) from None
    if checkpoint.classes:
        return ClassifierModelSpecs(network, config, inference)
    return RegressorModelSpecs(network, config, inference, criterion)
