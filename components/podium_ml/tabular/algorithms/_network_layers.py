"""The layers of the tabular network; imported only when PyTorch is used.

They follow RealMLP (Holzmüller, Grinsztajn and Steinwart, "Better by Default", NeurIPS 2024, section 3 and appendix A).
Each parameter has a ``rate``: its learning rate relative to the weights of the linear layers.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


def _parameter(values: Tensor, *, rate: float = 1.0, decays: bool = False) -> nn.Parameter:
    """Create a parameter with its relative learning rate and a flag for whether weight decay applies."""
    parameter = nn.Parameter(values)
    parameter.rate, parameter.decays = rate, decays
    return parameter


class PeriodicEmbedding(nn.Module):  # type: ignore[misc]
    """Embeds each number in four coordinates: the number itself and three mixtures of cosines of it.

    Args:
        n_columns: Number of columns.
        n_frequencies: Number of cosines per column.
        sigma: Spread of the initial frequencies.
    """

    def __init__(self, n_columns: int, *, n_frequencies: int = 16, sigma: float = 0.1) -> None:
        super().__init__()
        bound = 1 / math.sqrt(n_frequencies)
        self.frequency = _parameter(sigma * torch.randn(n_columns, n_frequencies), rate=0.1)
        self.phase = _parameter(math.pi * (2 * torch.rand(n_columns, n_frequencies) - 1), rate=0.1)
        self.weight = _parameter(
            bound * (2 * torch.rand(n_columns, n_frequencies, 3) - 1), rate=0.1, decays=True
        )
        self.bias = _parameter(bound * (2 * torch.rand(n_columns, 1, 3) - 1), rate=0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Embed a batch of shape ``(b, n_columns)`` as ``(b, 4 * n_columns)``."""
        waves = torch.cos(2 * math.pi * x[:, :, None] * self.frequency + self.phase)
        mixed = torch.baddbmm(self.bias, waves.transpose(0, 1), self.weight)
        return torch.cat([x, mixed.transpose(0, 1).flatten(1)], dim=1)


class ColumnScale(nn.Module):  # type: ignore[misc]
    """Learns how much each column matters: a soft selection of features."""

    def __init__(self, n_columns: int) -> None:
        super().__init__()
        self.scale = _parameter(torch.ones(n_columns), rate=6.0)

    def forward(self, x: Tensor) -> Tensor:
        """Scale a batch of shape ``(b, n_columns)``."""
        return x * self.scale


class ScaledLinear(nn.Module):  # type: ignore[misc]
    """A linear layer in the neural tangent parametrization, so that one learning rate suits all widths."""

    def __init__(self, n_inputs: int, n_outputs: int, *, gain: float = 1.0) -> None:
        super().__init__()
        self.factor = 1 / math.sqrt(max(1, n_inputs))
        self.weight = _parameter(gain * torch.randn(n_inputs, n_outputs), decays=True)
        self.bias = _parameter(gain * torch.randn(n_outputs), rate=0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Map a batch of shape ``(b, n_inputs)`` to ``(b, n_outputs)``."""
        return torch.addmm(self.bias, x, self.weight, alpha=self.factor)


class BlendedActivation(nn.Module):  # type: ignore[misc]
    """An activation that each unit blends with the identity to a learned degree."""

    def __init__(self, n_units: int, *, smooth: bool) -> None:
        super().__init__()
        self.smooth = smooth
        self.blend = _parameter(torch.ones(n_units), rate=0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a batch of shape ``(b, n_units)``: Mish if ``smooth``, else SELU."""
        activated = functional.mish(x) if self.smooth else functional.selu(x)
        return torch.lerp(x, activated, self.blend)


class TabularNetwork(nn.Module):  # type: ignore[misc]
    """A multilayer perceptron on embedded numbers and scaled columns.

    Args:
        embedded: Mask of the columns that hold more than two values and get an embedding, boolean, shape ``(d,)``.
        n_outputs: Number of classes, or 1 for regression.
        width: Units of each hidden layer.
        depth: Number of hidden layers.
        smooth: Whether to use Mish, which suits regression, instead of SELU.
    """

    def __init__(self, embedded: Tensor, n_outputs: int, *, width: int, depth: int, smooth: bool) -> None:
        super().__init__()
        self.register_buffer("numbers", embedded.nonzero()[:, 0])
        self.register_buffer("others", (~embedded).nonzero()[:, 0])
        self.embedding = PeriodicEmbedding(len(self.numbers)) if len(self.numbers) else None
        n_inputs = 4 * len(self.numbers) + len(self.others)
        self.scale = ColumnScale(n_inputs)
        sizes = [n_inputs] + depth * [width]
        self.hidden = nn.ModuleList(ScaledLinear(a, b) for a, b in pairwise(sizes))
        self.activations = nn.ModuleList(BlendedActivation(width, smooth=smooth) for _ in range(depth))
        self.output = ScaledLinear(sizes[-1], n_outputs, gain=0.1)
        self.dropout = 0.0

    def forward(self, x: Tensor) -> Tensor:
        """Return logits or standardized values, shape ``(b, n_outputs)``, of a batch of shape ``(b, d)``."""
        x = self._inputs(x)
        for linear, activation in zip(self.hidden, self.activations, strict=True):
            x = functional.dropout(activation(linear(x)), self.dropout, self.training)
        return self.output(x)

    def _inputs(self, x: Tensor) -> Tensor:
        """Return what the first layer reads, shape ``(b, n_inputs)``."""
        if self.embedding is not None:
            x = torch.cat([self.embedding(x[:, self.numbers]), x[:, self.others]], dim=1)
        return self.scale(x)


class MemberScales(nn.Module):  # type: ignore[misc]
    """What the members of an ensemble do not share in a layer: scales of its inputs and outputs, and a bias.

    Args:
        members: Number of members.
        n_inputs: Inputs of the layer.
        n_outputs: Outputs of the layer.
        differ: Whether the members start with random signs of the inputs, which sets them apart; else they start equal.
    """

    def __init__(self, members: int, n_inputs: int, n_outputs: int, *, differ: bool) -> None:
        super().__init__()
        start = torch.randn(members, n_inputs).sign() if differ else torch.ones(members, n_inputs)
        self.inputs = _parameter(start, rate=0.1)
        self.outputs = _parameter(torch.ones(members, n_outputs), rate=0.1)
        self.bias = _parameter(torch.zeros(members, n_outputs), rate=0.1)


class MemberOutputs(nn.Module):  # type: ignore[misc]
    """An output layer for each member of an ensemble, as a ``ScaledLinear``."""

    def __init__(self, members: int, n_inputs: int, n_outputs: int, *, gain: float) -> None:
        super().__init__()
        self.factor = 1 / math.sqrt(max(1, n_inputs))
        self.weight = _parameter(gain * torch.randn(members, n_inputs, n_outputs), decays=True)
        self.bias = _parameter(gain * torch.randn(members, 1, n_outputs), rate=0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Map a batch of shape ``(b, members, n_inputs)`` to ``(b, members, n_outputs)``."""
        return torch.baddbmm(self.bias, x.transpose(0, 1), self.weight, alpha=self.factor).transpose(0, 1)


class SharedNetworks(TabularNetwork):
    """Many networks that share most of their weights (TabM; Gorishniy, Kotelnikov and Babenko, ICLR 2025).

    Args:
        embedded: See ``TabularNetwork``.
        n_outputs: Number of classes, or 1 for regression.
        width: Units of each hidden layer.
        depth: Number of hidden layers.
        smooth: Whether to use Mish.
        members: Number of networks.
    """

    def __init__(
        self, embedded: Tensor, n_outputs: int, *, width: int, depth: int, smooth: bool, members: int
    ) -> None:
        super().__init__(embedded, n_outputs, width=width, depth=depth, smooth=smooth)
        self.members = members
        self.scales = nn.ModuleList(
            MemberScales(members, *layer.weight.shape, differ=at == 0) for at, layer in enumerate(self.hidden)
        )
        self.output = MemberOutputs(members, width, n_outputs, gain=0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of each network in training, shape ``(b, members, n_outputs)``, else those of all.

        All together predict the mean of values, or logits whose probabilities are the mean of the networks' own.
        """
        x = self._inputs(x)[:, None].expand(-1, self.members, -1)
        for linear, scales, activation in zip(self.hidden, self.scales, self.activations, strict=True):
            mixed = linear((x * scales.inputs).flatten(0, 1)).unflatten(0, (-1, self.members))
            x = activation(mixed * scales.outputs + scales.bias)
            x = functional.dropout(x, self.dropout, self.training)
        outputs = self.output(x)
        if self.training:
            return outputs
        if outputs.shape[2] == 1:
            return outputs.mean(dim=1)
        return outputs.log_softmax(dim=2).logsumexp(dim=1) - math.log(self.members)
