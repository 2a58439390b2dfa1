"""What a small picture shows, as numbers: the directions of its edges, and where it has which colours.

Edges are histograms of oriented gradients (Dalal and Triggs, CVPR 2005), normalized over neighbouring cells.
"""

from collections.abc import Callable
from itertools import product

import numpy as np

_DIRECTIONS, _TINY = 9, 1e-3
_CELLS, _COLOUR_CELLS, _LEVELS = 6, 4, 8
_CLIP = 0.3
_ROWS_AT_ONCE = 256


def describe_edges(pixels: np.ndarray) -> np.ndarray:
    """Return histograms of the directions of edges, float32, shape ``(n, d)``.

    Args:
        pixels: uint8, shape ``(n, side, side, channels)``.
    """
    return _in_parts(pixels, _edges)


def describe_colours(pixels: np.ndarray) -> np.ndarray:
    """Return mean and spread of each channel in the cells of a grid, and histograms; float32, shape ``(n, d)``."""
    return _in_parts(pixels, _colours)


def _in_parts(pixels: np.ndarray, describe: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    starts = range(0, max(1, len(pixels)), _ROWS_AT_ONCE)
    return np.concatenate([describe(pixels[start : start + _ROWS_AT_ONCE]) for start in starts])


def _edges(pixels: np.ndarray) -> np.ndarray:
    values = pixels.astype(np.float32) / 255
    values = np.pad(values, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    across = values[:, 1:-1, 2:] - values[:, 1:-1, :-2]
    down = values[:, 2:, 1:-1] - values[:, :-2, 1:-1]
    strength = across**2 + down**2
    if pixels.shape[3] > 1:  # the channel with the strongest edge counts
        best = strength.argmax(axis=3)[..., None]
        across, down, strength = (np.take_along_axis(one, best, axis=3) for one in (across, down, strength))
    across, down, strength = across[..., 0], down[..., 0], np.sqrt(strength[..., 0])
    place = np.arctan2(down, across) % np.pi * (_DIRECTIONS / np.pi)
    low = place.astype(np.int64)
    part = (place - low) * strength
    low %= _DIRECTIONS
    maps = np.zeros((*strength.shape, _DIRECTIONS), dtype=np.float32)
    np.put_along_axis(maps, low[..., None], (strength - part)[..., None], axis=3)
    high = ((low + 1) % _DIRECTIONS)[..., None]
    np.put_along_axis(maps, high, np.take_along_axis(maps, high, axis=3) + part[..., None], axis=3)
    cells = _pool(maps, _CELLS)
    return _normalized(cells).reshape(len(pixels), -1)


def _normalized(cells: np.ndarray) -> np.ndarray:
    """Divide each cell by the strength of its neighbourhood, which evens out light and contrast."""
    energy = np.pad((cells**2).sum(axis=3), ((0, 0), (1, 1), (1, 1)), mode="edge")
    size = cells.shape[1]
    around = np.zeros_like(cells[..., 0])
    for row, column in product(range(3), range(3)):
        around += energy[:, row : row + size, column : column + size]
    return np.minimum(cells / np.sqrt(around[..., None] / 9 + _TINY**2), 1 / _CLIP).astype(np.float32)


def _pool(maps: np.ndarray, cells: int) -> np.ndarray:
    """Return the means of overlapping cells of a grid, shape ``(n, cells, cells, d)``."""
    weights = _triangles(maps.shape[1], cells)
    return np.einsum("ai,nijd,bj->nabd", weights, maps, weights, optimize=True)


def _triangles(size: int, cells: int) -> np.ndarray:
    """Return how much each pixel of a side counts in each cell, shape ``(cells, size)``."""
    width = size / cells
    centres = (np.arange(cells) + 0.5) * width
    places = np.arange(size) + 0.5
    weights = np.maximum(0, 1 - np.abs(places - centres[:, None]) / max(width, 1.0))
    return (weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _colours(pixels: np.ndarray) -> np.ndarray:
    values = pixels.astype(np.float32) / 255
    mean = _pool(values, _COLOUR_CELLS)
    spread = np.sqrt(np.maximum(_pool(values**2, _COLOUR_CELLS) - mean**2, 0))
    levels = (pixels.astype(np.int64) * _LEVELS) >> 8
    shares = [(levels == level).mean(axis=(1, 2)) for level in range(_LEVELS)]
    parts = [mean, spread, np.stack(shares, axis=1)]
    return np.concatenate([part.reshape(len(pixels), -1) for part in parts], axis=1).astype(np.float32)
