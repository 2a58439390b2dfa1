"""The tabular network's optimizer; imported only when PyTorch is used."""

import torch
from torch import Tensor, nn

_MOMENTUM, _SECOND_MOMENTUM, _EPSILON = 0.9, 0.95, 1e-8


class FlatAdam:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019) on all parameters as one vector.

    PyTorch's own optimizers import its compiler, which takes seconds. A step on one vector is also faster than a step
    on many small tensors.

    Args:
        network: A module whose parameters have a relative learning ``rate`` and a flag ``decays``. They
            become parts of the vector ``values``.
    """

    def __init__(self, network: nn.Module) -> None:
        self._parameters = list(network.parameters())
        self.values = self._joined([parameter.detach() for parameter in self._parameters])
        self._gradient = torch.zeros_like(self.values)
        self._mean, self._square = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self._rate = self._joined([torch.full_like(p, p.rate) for p in self._parameters])
        self._decay = self._joined([torch.full_like(p, p.rate * p.decays) for p in self._parameters])
        self._steps = 0
        start = 0
        for parameter in self._parameters:
            part, shape = slice(start, start + parameter.numel()), parameter.shape
            parameter.data, parameter.grad = self.values[part].view(shape), self._gradient[part].view(shape)
            start += parameter.numel()

    def step(self, *, learning_rate: float, weight_decay: float) -> None:
        """Update the parameters with the accumulated gradients, and reset the gradients."""
        self._steps += 1
        gradient = self._gradient
        self._mean.lerp_(gradient, 1 - _MOMENTUM)
        self._square.mul_(_SECOND_MOMENTUM).addcmul_(gradient, gradient, value=1 - _SECOND_MOMENTUM)
        spread = (self._square / (1 - _SECOND_MOMENTUM**self._steps)).sqrt_().add_(_EPSILON)
        self.values.mul_(1 - learning_rate * weight_decay * self._decay)
        size = learning_rate / (1 - _MOMENTUM**self._steps)
        self.values.addcdiv_(self._mean * self._rate, spread, value=-size)
        gradient.zero_()

    def close(self) -> None:
        """Release the parameters: each gets its own memory and no gradient."""
        for parameter in self._parameters:
            parameter.data, parameter.grad = parameter.data.clone(), None

    @staticmethod
    def _joined(tensors: list[Tensor]) -> Tensor:
        return torch.cat([tensor.flatten() for tensor in tensors])
