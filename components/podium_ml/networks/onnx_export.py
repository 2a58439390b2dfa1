"""Trained networks in the format ONNX, which predict without PyTorch."""

import io
import warnings
from collections.abc import Mapping

import torch
from torch import Tensor, nn


def to_onnx(network: nn.Module, inputs: Mapping[str, Tensor], *outputs: str, rows: bool = True) -> bytes:
    """Return a network in the format ONNX.

    Args:
        network: The network, in evaluation mode on the CPU.
        inputs: Example rows for each input, by the names of the inputs; two, unless it takes always one.
        *outputs: Names of the outputs.
        rows: Whether the first axis of inputs and outputs is that of the rows, of which there may be any number.
    """
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            stream,
            dynamo=False,
            input_names=[*inputs],
            output_names=[*outputs],
            dynamic_axes={name: {0: "rows"} for name in (*inputs, *outputs)} if rows else None,
        )
    return stream.getvalue()
