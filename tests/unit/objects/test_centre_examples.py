"""Pictures as training changes them: boxes, masks and maps move with the pixels."""

import numpy as np
import pytest

from podium_ml.objects.algorithms._centre_examples import example
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import MASK, Known
from podium_ml.objects.grid import decode

GRID, SIDE = 24, 96


def letter() -> tuple[np.ndarray, Known]:
    """Return a picture with an L on black, and what is known of it."""
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    pixels[36:68, 28:40] = pixels[56:68, 28:64] = 200
    mask = np.asarray(pixels[36:68, 28:64, 0] > 0)
    rows, columns = (np.arange(MASK) * size // MASK for size in mask.shape)
    known = Known(
        np.array([[28, 36, 36, 32]]) / SIDE, np.array([0]), np.array([False]), mask[rows][:, columns][None]
    )
    return pixels, known


@pytest.mark.parametrize("seed", range(12))
def test_objects_move_with_the_pixels_within_one(seed):
    pixels, known = letter()
    layout, random = Layout(1, GRID, True), np.random.default_rng(seed)
    maps = pixels[2::4, 2::4].astype(np.float16)
    seen, grid, _ = example({"pixels": pixels, "map_0": maps}, known, layout, random, flips=True)
    (found,) = (one for one in [decode(grid, n_classes=1, lowest=0.99)] if len(one.scores) == 1)
    ink = seen["pixels"][:, :, 0] > 100
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    real = [columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]]
    assert np.abs(found.boxes[0] * SIDE - real).max() <= 1.0
    wide = found.masks[0].repeat(SIDE // (2 * GRID), axis=0).repeat(SIDE // (2 * GRID), axis=1)
    assert (wide & ink).sum() / (wide | ink).sum() > 0.8
    small = seen["map_0"][:, :, 0].astype(float) > 100
    assert (small & ink[2::4, 2::4]).sum() >= 0.6 * (small | ink[2::4, 2::4]).sum()
