"""Trained networks in the format ONNX, which predict without PyTorch."""

import io
import warnings
from collections.abc import Mapping

import torch
from torch import Tensor, nn


def to_onnx(network: nn.Module, inputs: Mapping[str, Tensor], *outputs: str) -> bytes:
    """Return a network in the format ONNX; the first axis of inputs and outputs is that of the rows.

    Args:
        network: The network, in evaluation mode on the CPU.
        inputs: Two example rows for each input, by the names of the inputs.
        *outputs: Names of the outputs.
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
            dynamic_axes={name: {0: "rows"} for name in (*inputs, *outputs)},
        )
    return stream.getvalue()
