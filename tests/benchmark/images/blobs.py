"""Made pictures of nuclei: bent ellipses that touch, with a label for each pixel."""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import gaussian_filter

SIDE, MOST = 128, 24
# A nucleus is left out if it would have fewer pixels, or if others cover more of it than this share.
_SMALLEST, _COVERED = 40, 0.25


def blobs(count: int, *, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield grey pixels, uint8, and numbers of nuclei, 0 for the background, shape ``(SIDE, SIDE)`` each."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        labels, grey = np.zeros((SIDE, SIDE), dtype=int), random.normal(40, 4, (SIDE, SIDE))
        nuclei = int(random.integers(6, MOST))
        clusters = random.uniform(0.08, 0.92, (max(2, nuclei // 4), 2)) * SIDE
        for _ in range(nuclei):
            mask = _ellipse(clusters[random.integers(len(clusters))] + random.normal(0, 16, 2), random)
            if mask.sum() < _SMALLEST or (labels[mask] > 0).mean() > _COVERED:
                continue
            mask &= labels == 0
            labels[mask] = labels.max() + 1
            rough = gaussian_filter(random.normal(size=mask.shape), 2)
            grey[mask] = random.uniform(80, 190) * (0.85 + 0.3 * rough[mask])
        yield (
            (gaussian_filter(grey, 1.0) + random.normal(0, 6, grey.shape)).clip(0, 255).astype(np.uint8),
            labels,
        )


def _ellipse(centre: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the pixels of a bent ellipse, none if its centre lies at the border."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(float)
    length = random.uniform(7, 15)
    width, angle, bend = (
        length * random.uniform(0.35, 1.0),
        random.uniform(0, np.pi),
        random.uniform(-0.03, 0.03),
    )
    if not (centre.min() > 4 and centre.max() < SIDE - 4):
        return np.zeros((SIDE, SIDE), dtype=bool)
    x, y = columns - centre[0], rows - centre[1]
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle) + bend * along**2
    return (along / length) ** 2 + (across / width) ** 2 < 1
