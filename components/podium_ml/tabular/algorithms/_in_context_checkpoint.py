"""The weights of TabICL: a configuration of plain values, and numbers."""

import inspect
import json
import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from podium_ml.errors import SettingsError

_ENDINGS = (".ckpt", ".pt", ".pth")
_LONGEST_WORD, _LARGEST_SIZE, _LARGEST_BASE = 40, 4096, 1e9
# What reading a file that is no checkpoint raises.
UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    AttributeError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
)
# Values of the network's configuration that are no sizes.
_BASES = ("row_rope_base",)


def is_tabicl(name: str) -> bool:
    """Whether a file may hold a network of TabICL, by its name.

    >>> is_tabicl("tabicl-classifier-v2.ckpt"), is_tabicl("tabpfn-v2-classifier.ckpt")
    (True, False)
    """
    path = Path(name)
    return path.suffix in _ENDINGS and "tabpfn" not in path.name.lower()


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained network of tables.

    Attributes:
        config: Arguments of the network, as JSON.
        weights: Its numbers, as safetensors.
    """

    config: str
    weights: bytes

    def network(self) -> Any:
        """Return the network; it is shared by all that ask for it, and must not be changed."""
        return _network(self)


@lru_cache(maxsize=2)
def read_checkpoint(folder: Path, *, classes: bool) -> Checkpoint:
    """Read the newest network for classes or for values from a folder.

    TabICL is published as one file each, whose names say what they predict. Folds share what is returned, so that a
    model holds it once.

    Args:
        folder: The folder.
        classes: Whether it predicts classes.

    Raises:
        SettingsError: The folder holds no such network, or its file holds more than numbers.
    """
    task, other = ("classifier", "regressor") if classes else ("regressor", "classifier")
    files = sorted(path for path in folder.rglob("*") if is_tabicl(path.name) and other not in path.name)
    named = [path for path in files if task in path.name] or files
    if not named:
        raise SettingsError(
            f"pretrained: there is no {task} among the weights.",
            f"Give a folder with a checkpoint of TabICL, such as tabicl-{task}-v2.ckpt.",
        )
    return _read(named[-1], task)


def _read(path: Path, task: str) -> Checkpoint:
    import torch
    from safetensors.torch import save

    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
        config, numbers = dict(held["config"]), dict(held["state_dict"])
        state = save({str(name): one.detach().float().contiguous() for name, one in numbers.items()})
    except UNREADABLE as error:
        reason = str(error).partition("\n")[0][:200]
        raise SettingsError(
            f"pretrained: {path.name} is no checkpoint of TabICL: {reason}",
            "Copy it again from where it is published.",
        ) from None
    checkpoint = Checkpoint(json.dumps(_plain(config, path.name)), state)
    if (json.loads(checkpoint.config).get("max_classes", 1) > 0) != (task == "classifier"):
        raise SettingsError(
            f"pretrained: {path.name} is no {task}.", f"Give a folder with a {task} of TabICL."
        )
    return checkpoint


def _plain(config: dict[Any, Any], label: str) -> dict[str, Any]:
    """Return the configuration if it has known names and plain values of usual sizes alone."""
    from tabicl._model.tabicl import TabICL

    known = inspect.signature(TabICL).parameters
    wrong = [name for name, value in config.items() if name not in known or not _is_plain(name, value)]
    if wrong:
        raise SettingsError(
            f"pretrained: {label} has a configuration that this version of tabicl does not know: "
            f"{', '.join(map(str, wrong[:5]))}.",
            "Install the version of tabicl that it was made for.",
        )
    return config


def _is_plain(name: str, value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_WORD
    if isinstance(value, int | float):
        return 0 <= value <= (_LARGEST_BASE if name in _BASES else _LARGEST_SIZE)
    return value is None


@lru_cache(maxsize=2)
def _network(checkpoint: Checkpoint) -> Any:
    from safetensors.torch import load
    from tabicl._model.tabicl import TabICL

    # A model file, which may be somebody else's, can hold any configuration.
    network = TabICL(**_plain(json.loads(checkpoint.config), "The model"))
    network.load_state_dict(load(checkpoint.weights))
    return network.eval()
