"""A network that finds the centres of objects and the edges around them; imported only with PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from podium_ml.objects.grid import EDGES, PIXELS, QUARTERS


class CentreNetwork(nn.Module):  # type: ignore[misc]
    """An hourglass of convolutions whose outputs lie on a grid of four pixels a cell.

    Args:
        classes: Number of classes.
        masks: Whether quarters of cells tell which object they belong to.
        width: Channels of the first layer.
    """

    def __init__(self, *, classes: int, masks: bool, width: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(*block(3, width, stride=2), *block(width, width))
        self.quarter = nn.Sequential(*block(width, 2 * width, stride=2), *block(2 * width, 2 * width))
        self.eighth = nn.Sequential(*block(2 * width, 3 * width, stride=2), *block(3 * width, 3 * width))
        self.deep = nn.Sequential(*block(3 * width, 4 * width, stride=2), *block(4 * width, 4 * width))
        self.up_deep, self.up_eighth = nn.Conv2d(4 * width, 3 * width, 1), nn.Conv2d(3 * width, 2 * width, 1)
        self.join_eighth = nn.Sequential(*block(3 * width, 3 * width))
        self.join = nn.Sequential(*block(2 * width, 2 * width))
        self.heads = Heads(2 * width, classes=classes, masks=masks)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return raw predictions, shape ``(n, G, G, channels)``, for pixels uint8, ``(n, 4 G, 4 G, 3)``."""
        x = from_pixels(pixels)
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        up = functional.interpolate(self.up_deep(self.deep(eighth)), size=eighth.shape[2:], mode="nearest")
        eighth = self.join_eighth(eighth + up)
        up = functional.interpolate(self.up_eighth(eighth), size=quarter.shape[2:], mode="nearest")
        return self.heads(self.join(quarter + up))


class Heads(nn.Module):  # type: ignore[misc]
    """Turns features of cells into raw predictions.

    Args:
        width: Number of features of a cell.
        classes: Number of classes.
        masks: Whether quarters of cells tell which object they belong to.
    """

    def __init__(self, width: int, *, classes: int, masks: bool) -> None:
        super().__init__()
        self.heat = _head(width, classes)
        self.edges = _head(width, EDGES)
        self.pixels = _head(width, PIXELS) if masks else None
        nn.init.constant_(self.heat[-1].bias, -2.5)
        nn.init.constant_(self.edges[-1].bias, -2.0)

    def forward(self, x: Tensor) -> Tensor:
        """Return raw predictions, shape ``(n, G, G, channels)``, for features, shape ``(n, width, G, G)``."""
        parts = [self.heat(x).sigmoid(), functional.softplus(self.edges(x))]
        if self.pixels is not None:
            inside, pointers = self.pixels(x).split((QUARTERS, PIXELS - QUARTERS), dim=1)
            parts += [inside.sigmoid(), pointers / x.shape[2]]  # pointers are learned in cells
        return torch.cat(parts, dim=1).permute(0, 2, 3, 1)


def from_pixels(pixels: Tensor) -> Tensor:
    """Return pixels, uint8, channels last, as numbers from -1 to 1, channels first."""
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1


def block(inputs: int, outputs: int, *, stride: int = 1) -> list[nn.Module]:
    """Return a convolution of three by three cells with what follows it."""
    groups = 4 if outputs % 4 == 0 else 1
    return [
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.GroupNorm(groups, outputs),
        nn.ReLU(),
    ]


def _head(width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(*block(width, width), nn.Conv2d(width, outputs, 1))
