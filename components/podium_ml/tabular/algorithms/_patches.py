"""A dictionary of patches of pictures, learned without labels, and pictures as how much they are like each of them.

See Coates, Lee and Ng, An Analysis of Single-Layer Networks in Unsupervised Feature Learning, AISTATS 2011: whitened
patches, k-means, and activations by how much nearer than usual a patch is to each centre.
"""

from collections.abc import Iterator

import numpy as np

# Patches that the dictionary is learned from, and pictures that are described at once.
MOST_PATCHES, _AT_ONCE = 40_000, 32
_CONTRAST, _WHITENING = 10.0, 0.1
# From this side on, every second place of a patch is looked at.
_LARGE_SIDE = 40


class PatchDictionary:
    """Describes pictures by the patches of a dictionary that occur in them, by place.

    Args:
        patches: Number of patches in the dictionary.
        size: Side of a patch in pixels.
        cells: Parts along each side of a picture in which patches are counted.
        seed: Seed of the choice of patches.
    """

    def __init__(self, *, patches: int, size: int, cells: int, seed: int) -> None:
        self.patches, self.size, self.cells, self.seed = patches, size, cells, seed

    def fit(self, pixels: np.ndarray, *, most: int = MOST_PATCHES) -> "PatchDictionary":
        """Learn the dictionary.

        Args:
            pixels: uint8, shape ``(n, side, side, channels)``.
            most: Number of patches to learn from.
        """
        from sklearn.cluster import MiniBatchKMeans

        self.size_ = min(self.size, pixels.shape[1])
        sample = self._sample(pixels, most)
        self.mean_ = sample.mean(axis=0)
        centred = sample - self.mean_
        values, vectors = np.linalg.eigh(centred.T @ centred / len(sample))
        self.whitening_ = (vectors / np.sqrt(np.maximum(values, 0) + _WHITENING)) @ vectors.T
        count = min(self.patches, max(2, len(sample) // 4))
        means = MiniBatchKMeans(count, random_state=self.seed, batch_size=2_048, n_init=1, max_iter=30)
        self.centres_ = means.fit(centred @ self.whitening_).cluster_centers_.astype(np.float32)
        self.whitening_, self.mean_ = self.whitening_.astype(np.float32), self.mean_.astype(np.float32)
        return self

    def transform(self, pixels: np.ndarray) -> np.ndarray:
        """Return descriptions, float32, shape ``(n, cells * cells * patches)``."""
        parts = [
            self._described(pixels[start : start + _AT_ONCE]) for start in range(0, len(pixels), _AT_ONCE)
        ]
        width = self.cells * self.cells * len(self.centres_)
        return np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.float32)

    def _described(self, pixels: np.ndarray) -> np.ndarray:
        patches, side = self._cut(pixels)
        # A product for each picture: that of several would round a little differently.
        rows = (patches - self.mean_).reshape(len(pixels), side * side, -1) @ self.whitening_
        away = (
            (rows**2).sum(axis=2)[..., None] - 2 * (rows @ self.centres_.T) + (self.centres_**2).sum(axis=1)
        )
        away = np.sqrt(np.maximum(away, 0))
        active = np.maximum(away.mean(axis=2, keepdims=True) - away, 0)
        active = active.reshape(len(pixels), side, side, -1)
        cuts = np.linspace(0, side, self.cells + 1).round().astype(int)
        sums = [
            active[:, _part(cuts, row), _part(cuts, column)].mean(axis=(1, 2))
            for row in range(self.cells)
            for column in range(self.cells)
        ]
        return np.concatenate(sums, axis=1).astype(np.float32)

    def _sample(self, pixels: np.ndarray, most: int) -> np.ndarray:
        random = np.random.default_rng(self.seed)
        chosen = random.permutation(len(pixels))[: max(1, most // 4)]
        each = -(-most // len(chosen))
        return np.concatenate([*self._some(pixels, chosen, each, random)])[:most]

    def _some(
        self, pixels: np.ndarray, chosen: np.ndarray, each: int, random: np.random.Generator
    ) -> Iterator[np.ndarray]:
        for start in range(0, len(chosen), _AT_ONCE):
            patches, side = self._cut(pixels[np.sort(chosen[start : start + _AT_ONCE])])
            places = patches.reshape(-1, side * side, patches.shape[1])
            kept = random.integers(0, side * side, (len(places), min(each, side * side)))
            yield np.take_along_axis(places, kept[:, :, None], axis=1).reshape(-1, patches.shape[1])

    def _cut(self, pixels: np.ndarray) -> tuple[np.ndarray, int]:
        """Return all patches of pictures, each with the same brightness and contrast, and how many lie along a side."""
        windows = np.lib.stride_tricks.sliding_window_view(pixels, (self.size_, self.size_), axis=(1, 2))
        step = 2 if pixels.shape[1] >= _LARGE_SIDE else 1
        windows = windows[:, ::step, ::step]
        rows = windows.reshape(-1, windows.shape[3] * self.size_**2).astype(np.float32)
        rows -= rows.mean(axis=1, keepdims=True)
        rows /= np.sqrt(rows.var(axis=1, keepdims=True) + _CONTRAST)
        return rows, windows.shape[1]


def _part(cuts: np.ndarray, at: int) -> slice:
    return slice(int(cuts[at]), max(int(cuts[at]) + 1, int(cuts[at + 1])))
