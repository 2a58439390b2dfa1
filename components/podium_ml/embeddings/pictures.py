"""Vectors and maps of pictures by a frozen pretrained network, which onnxruntime computes."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from podium_ml.confinement.extras import install
from podium_ml.errors import SettingsError
from podium_ml.media.pixels import COLOUR, to_pixels
from podium_ml.models.onnx_network import OnnxNetwork

# Sides of pictures in pixels that networks are tried with, the first that can be encoded in time.
SIDES = (224, 160, 128, 96)
_PICTURES_AT_ONCE, _SAMPLE = 16, 24
# Seconds that reading and converting weights takes at least.
_CONVERSION = 6.0


class PictureEncoder:
    """Encodes pictures as vectors.

    Args:
        network: A network with the input ``pixels`` and the output of vectors first, in the format ONNX.
        side: Side in pixels that pictures are scaled to.
    """

    def __init__(self, network: bytes, side: int) -> None:
        self.network, self.side = OnnxNetwork(network), side
        self.width = int(self.encode([Image.new("RGB", (side, side))]).shape[1])

    @classmethod
    def read(cls, folder: Path, *, side: int = SIDES[0]) -> Self:
        """Read a network from a folder of weights, and convert it if it is not ONNX.

        Args:
            folder: An ONNX network with bytes of pixels as input, shape ``(n, side, side, 3)``; or weights of a network
                of timm.
            side: Side of the pictures in pixels; an ONNX network may have a side of its own.

        Raises:
            SettingsError: It holds neither, or a package is not installed.
        """
        found = sorted(folder.rglob("*.onnx"), key=lambda path: path.stat().st_size)
        if found:
            network = found[0].read_bytes()
            return cls(network, _side_of(network) or side)
        try:
            from podium_ml.embeddings.backbones import as_onnx
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"backbone: {error.name} is not installed.",
                install("backbones"),
            ) from None
        return cls(as_onnx(folder, side=side), side)

    def encode(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Return vectors of pictures, float32, shape ``(n, width)``."""
        parts = [
            self.network.outputs({"pixels": self._pixels(images[start : start + _PICTURES_AT_ONCE])})[0]
            for start in range(0, len(images), _PICTURES_AT_ONCE)
        ]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, self.width), np.float32)

    def maps(self, images: Sequence[Image.Image]) -> list[np.ndarray]:
        """Return maps of pictures, the finest first, float32, shape ``(n, channels, h, w)`` each.

        Networks that have no maps give none.
        """
        parts = [
            self.network.outputs({"pixels": self._pixels(images[start : start + _PICTURES_AT_ONCE])})[1:]
            for start in range(0, len(images), _PICTURES_AT_ONCE)
        ]
        return [np.concatenate(scale) for scale in zip(*parts, strict=True)]

    def _pixels(self, images: Sequence[Image.Image]) -> np.ndarray:
        rows = [to_pixels(image, self.side, COLOUR) for image in images]
        return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, self.side, self.side, COLOUR)


def read_picture_encoder(
    folder: Path,
    images: Sequence[Image.Image],
    *,
    count: int,
    seconds: float,
    most: int,
    sides: Sequence[int] = SIDES,
) -> PictureEncoder | None:
    """Read an encoder that encodes pictures in some seconds, because it scales them down; ``None`` if none can.

    Args:
        folder: The weights; see ``PictureEncoder.read``.
        images: Some of the pictures.
        count: Number of all of them.
        seconds: Time for all of them.
        most: Longest side of usual pictures, which are not enlarged much.
        sides: Sides to try, in descending order.

    Raises:
        SettingsError: These are no weights of a network, or a package is not installed.
    """
    if seconds < _CONVERSION and not list(folder.rglob("*.onnx")):
        return None
    sides = [side for side in sides if side <= 2 * most] or [sides[-1]]
    encoder = PictureEncoder.read(folder, side=sides[0])
    if not np.isfinite(seconds) or not images:
        return encoder
    few = list(images[:_SAMPLE])
    began = time.perf_counter()
    encoder.encode(few)
    each = (time.perf_counter() - began) / len(few)
    fitting = [side for side in sides if each * (side / encoder.side) ** 2 * count <= seconds]
    if not fitting:
        return None
    return encoder if fitting[0] == encoder.side else PictureEncoder.read(folder, side=fitting[0])


def _side_of(network: bytes) -> int:
    """Return the side of the pictures that an ONNX network takes; 0 if it takes any."""
    shape = OnnxNetwork(network).input_shape
    return int(shape[1]) if len(shape) == 4 and isinstance(shape[1], int) else 0
