"""A small convolutional network for pictures and the numbers beside them; imported only with PyTorch."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

# The picture is halved until its side is at most this, and then averaged.
_LAST_SIDE = 8
# How far pictures are moved, turned and scaled in training: shares of the side, radians, shares of the size.
_MOVE, _TURN, _SCALE, _LIGHT = 0.08, 0.2, 0.1, 0.15


class PictureNetwork(nn.Module):  # type: ignore[misc]
    """Convolutions with batch normalization, an average over places, and a linear layer that also sees the numbers.

    Args:
        side: Side of the pictures in pixels.
        channels: Number of their channels.
        others: Number of other columns.
        n_outputs: Number of outputs.
        width: Channels of the first layer.
        flip: Whether a picture may be mirrored.
    """

    def __init__(
        self, *, side: int, channels: int, others: int, n_outputs: int, width: int, flip: bool
    ) -> None:
        super().__init__()
        self.side, self.channels, self.flip = side, channels, flip
        self.dropout = 0.0
        layers: list[nn.Module] = []
        if side > 2 * _LAST_SIDE:
            layers, side = _convolution(channels, width, size=5, stride=2), (side + 1) // 2
        else:
            layers = _convolution(channels, width, size=3)
        layers += _convolution(width, 2 * width)
        last = 2 * width
        while side > _LAST_SIDE:
            layers += [nn.MaxPool2d(2, ceil_mode=True), *_convolution(last, last + width)]
            last, side = last + width, (side + 1) // 2
        layers += _convolution(last, last)
        self.body = nn.Sequential(*layers)
        self.output = nn.Linear(2 * last + others, n_outputs)
        for parameter in self.parameters():  # what the optimizer wants to know
            parameter.rate, parameter.decays = 1.0, parameter.ndim > 1

    def forward(self, pixels: Tensor, others: Tensor) -> Tensor:
        """Return outputs, shape ``(n, n_outputs)``.

        Args:
            pixels: uint8, shape ``(n, side, side, channels)``.
            others: float32, shape ``(n, p)``.
        """
        x = _scaled(pixels)
        if self.training:
            x = _changed(x, flip=self.flip)
        x = self.body(x)
        x = torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1)
        x = functional.dropout(x, self.dropout, self.training)
        return self.output(torch.cat([x, others], dim=1))


def _convolution(inputs: int, outputs: int, *, size: int = 3, stride: int = 1) -> list[nn.Module]:
    layer = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return [layer, nn.BatchNorm2d(outputs), nn.ReLU()]


def augmented(pixels: np.ndarray, *, flip: bool, seed: int) -> np.ndarray:
    """Return pixels, uint8, shape ``(n, side, side, channels)``, as training changes them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        changed = _changed(_scaled(torch.from_numpy(pixels.copy())), flip=flip)
    return ((changed + 0.5) * 255).clamp(0, 255).round().byte().permute(0, 2, 3, 1).numpy()


def _scaled(pixels: Tensor) -> Tensor:
    return pixels.permute(0, 3, 1, 2).float() / 255.0 - 0.5


def _changed(x: Tensor, *, flip: bool) -> Tensor:
    """Return pictures that are moved, turned, scaled and lit a little differently, each in its own way."""
    n, device = len(x), x.device

    def spread(most: float) -> Tensor:
        return (torch.rand(n, device=device) * 2 - 1) * most

    angle, size = spread(_TURN), 1 + spread(_SCALE)
    mirror = (
        torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0) if flip else torch.ones(n, device=device)
    )
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    across = torch.stack([cos * mirror, -sin, spread(2 * _MOVE)], dim=1)
    down = torch.stack([sin * mirror, cos, spread(2 * _MOVE)], dim=1)
    grid = functional.affine_grid(torch.stack([across, down], dim=1), list(x.shape), align_corners=False)
    moved = functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
    return moved * (1 + spread(_LIGHT))[:, None, None, None]
