"""A head without anchors on the maps of a frozen network; imported only with PyTorch."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from podium_ml.objects.algorithms._centre_layers import Heads, block, from_pixels

_SAMPLE, _SMALLEST = 256, 1e-3


class MapHead(nn.Module):  # type: ignore[misc]
    """Joins maps, the coarsest first, as a pyramid does, with the edges that a few layers see in the pixels.

    The maps tell what is where, but their cells are large; the pixels tell where exactly (Lin et al., Feature Pyramid
    Networks, CVPR 2017).

    Args:
        maps: Maps of training pictures, the finest first, shape ``(n, h, w, c)`` each; they give the scale of inputs.
        classes: Number of classes.
        masks: Whether quarters of cells tell which object they belong to.
        width: Features of a cell.
    """

    def __init__(self, maps: Sequence[np.ndarray], *, classes: int, masks: bool, width: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList([_Standardized(one) for one in maps])
        self.laterals = nn.ModuleList([nn.Conv2d(one.shape[-1], width, 1) for one in maps])
        self.joins = nn.ModuleList([nn.Sequential(*block(width, width)) for _ in maps])
        self.stem = nn.Sequential(*block(3, width // 2, stride=2), *block(width // 2, width, stride=2))
        self.join = nn.Sequential(*block(width, width))
        self.heads = Heads(width, classes=classes, masks=masks)

    def forward(self, pixels: Tensor, *maps: Tensor) -> Tensor:
        """Return raw predictions, shape ``(n, G, G, channels)``.

        Args:
            pixels: uint8, shape ``(n, 4 G, 4 G, 3)``.
            *maps: float16, the finest first, shape ``(n, h, w, c)`` each.
        """
        x = None
        for level in reversed(range(len(maps))):
            own = self.laterals[level](self.scales[level](maps[level]))
            x = self.joins[level](own if x is None else own + _resized(x, own))
        quarter = self.stem(from_pixels(pixels))
        return self.heads(self.join(quarter if x is None else quarter + _resized(x, quarter)))


class _Standardized(nn.Module):  # type: ignore[misc]
    def __init__(self, maps: np.ndarray) -> None:
        super().__init__()
        some = maps[:_SAMPLE].astype(np.float32)
        axes = (0, 1, 2)
        self.register_buffer("mean", torch.from_numpy(some.mean(axis=axes)))
        self.register_buffer("spread", torch.from_numpy(np.maximum(some.std(axis=axes), _SMALLEST)))

    def forward(self, values: Tensor) -> Tensor:
        return ((values.float() - self.mean) / self.spread).permute(0, 3, 1, 2)


def _resized(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)
