"""Rows of pixels and of maps that a frozen network made of them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# Height and width of a map; the rest of a cell are its numbers, place by place.
_HEAD = struct.Struct("<HH")
_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class MapRows:
    """Rows that can be sliced like a matrix.

    Attributes:
        pixels: uint8, shape ``(n, side, side, 3)``.
        maps: Maps, the finest first, float16, shape ``(n, h, w, c)`` each.
    """

    pixels: np.ndarray
    maps: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, rows: Any) -> "MapRows":
        return MapRows(self.pixels[rows], tuple(one[rows] for one in self.maps))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and side of the pixels."""
        return len(self.pixels), self.pixels.shape[1]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.pixels.nbytes + sum(one.nbytes for one in self.maps)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What a network reads, by name."""
        return {"pixels": self.pixels} | {f"map_{at}": one for at, one in enumerate(self.maps)}


def to_cells(maps: np.ndarray) -> list[bytes]:
    """Return maps of pictures, shape ``(n, c, h, w)``, as cells of a table."""
    limited = np.clip(maps.transpose(0, 2, 3, 1), -_LARGEST, _LARGEST).astype(np.float16)
    head = _HEAD.pack(*limited.shape[1:3])
    return [head + np.ascontiguousarray(one).tobytes() for one in limited]


def read_cells(cells: Sequence[bytes] | np.ndarray) -> np.ndarray:
    """Return what ``to_cells`` was given, float16, channels last, shape ``(n, h, w, c)``."""
    height, width = _HEAD.unpack_from(cells[0])
    joined = b"".join(one[_HEAD.size :] for one in cells)
    return np.frombuffer(joined, dtype=np.float16).reshape(len(cells), height, width, -1)
