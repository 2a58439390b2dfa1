"""Reads networks of the library ``transformers``, and converts them to ONNX; imported only with PyTorch."""

import io
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn

from podium_ml.confinement.extras import install
from podium_ml.errors import SettingsError


def load_transformer(folder: Path) -> Any:
    """Return a pretrained network. Only safetensors or plain tensors are read, and no code of the model is run.

    Raises:
        SettingsError: It cannot be read, or a package is not installed.
    """
    try:
        from transformers import AutoModel
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"encoder: {error.name} is not installed, which reads these weights.", _needed()
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return AutoModel.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, attn_implementation="eager"
            ).eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).partition("\n")[0][:300]
        raise SettingsError(f"encoder: the weights cannot be read: {reason}") from None


def _needed() -> str:
    return f"Name weights as ONNX, or install what converts them. {install('transformers')}"


def as_onnx(folder: Path) -> bytes:
    """Return a pretrained network in the format ONNX, with whole numbers as weights, a quarter of the size."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network = _Outputs(load_transformer(folder))
    names = ["input_ids", "attention_mask", "token_type_ids"][: 2 + network.has_kinds]
    example = example_inputs(len(names))
    with tempfile.TemporaryDirectory(prefix="podium-") as place:
        exported = Path(place) / "network.onnx"
        exported.write_bytes(to_onnx(network, example, names))
        quantize_dynamic(exported, Path(place) / "small.onnx", weight_type=QuantType.QInt8)
        return (Path(place) / "small.onnx").read_bytes()


def example_inputs(count: int) -> tuple[Any, ...]:
    """Return tokens, mask and kinds of tokens of two texts. One is shorter, so that tracing sees a mask."""
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    return (torch.ones_like(mask), mask, torch.zeros_like(mask))[:count]


def to_onnx(network: Any, example: tuple[Any, ...], names: list[str]) -> bytes:
    """Return a network in the format ONNX, for inputs of any number of rows and tokens.

    Args:
        network: A module of PyTorch.
        example: Inputs, shape ``(n, t)`` each.
        names: Their names.
    """
    stream = io.BytesIO()
    axes = {name: {0: "rows", 1: "tokens"} for name in names} | {"outputs": {0: "rows"}}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            stream,
            dynamo=False,
            input_names=names,
            output_names=["outputs"],
            dynamic_axes=axes,
            opset_version=17,
        )
    return stream.getvalue()


class _Outputs(nn.Module):  # type: ignore[misc]
    """The outputs of a network for each token."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        self.has_kinds = getattr(network.config, "type_vocab_size", 0) > 0

    def forward(self, input_ids: Any, attention_mask: Any, *kinds: Any) -> Any:
        more = {"token_type_ids": kinds[0]} if kinds else {}
        return self.network(input_ids=input_ids, attention_mask=attention_mask, **more).last_hidden_state
