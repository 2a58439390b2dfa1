"""A network that finds the centres of objects and the edges around them; imported only with PyTorch."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class CentreNetwork(nn.Module):  # type: ignore[misc]
    """An hourglass of convolutions whose outputs lie on a grid of four pixels a cell.

    Args:
        classes: Number of classes.
        masks: Whether quarters of cells tell where objects are.
        width: Channels of the first layer.
    """

    def __init__(self, *, classes: int, masks: bool, width: int) -> None:
        super().__init__()
        self.classes = classes
        self.stem = nn.Sequential(*_block(3, width, stride=2), *_block(width, width))
        self.quarter = nn.Sequential(*_block(width, 2 * width, stride=2), *_block(2 * width, 2 * width))
        self.eighth = nn.Sequential(*_block(2 * width, 3 * width, stride=2), *_block(3 * width, 3 * width))
        self.deep = nn.Sequential(*_block(3 * width, 4 * width, stride=2), *_block(4 * width, 4 * width))
        self.up_deep, self.up_eighth = nn.Conv2d(4 * width, 3 * width, 1), nn.Conv2d(3 * width, 2 * width, 1)
        self.join_eighth = nn.Sequential(*_block(3 * width, 3 * width))
        self.join = nn.Sequential(*_block(2 * width, 2 * width))
        self.heat = nn.Sequential(*_block(2 * width, 2 * width), nn.Conv2d(2 * width, classes, 1))
        self.edges = nn.Sequential(*_block(2 * width, 2 * width), nn.Conv2d(2 * width, 4, 1))
        self.inside = (
            nn.Sequential(*_block(2 * width, 2 * width), nn.Conv2d(2 * width, 4, 1)) if masks else None
        )
        nn.init.constant_(self.heat[-1].bias, -2.5)
        nn.init.constant_(self.edges[-1].bias, -2.0)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return raw predictions, shape ``(n, G, G, channels)``, for pixels uint8, ``(n, 4 G, 4 G, 3)``."""
        x = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        up = functional.interpolate(self.up_deep(self.deep(eighth)), size=eighth.shape[2:], mode="nearest")
        eighth = self.join_eighth(eighth + up)
        up = functional.interpolate(self.up_eighth(eighth), size=quarter.shape[2:], mode="nearest")
        x = self.join(quarter + up)
        parts = [self.heat(x).sigmoid(), functional.softplus(self.edges(x))]
        if self.inside is not None:
            parts.append(self.inside(x).sigmoid())
        return torch.cat(parts, dim=1).permute(0, 2, 3, 1)


def _block(inputs: int, outputs: int, *, stride: int = 1) -> list[nn.Module]:
    groups = 4 if outputs % 4 == 0 else 1
    return [
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.GroupNorm(groups, outputs),
        nn.ReLU(),
    ]
