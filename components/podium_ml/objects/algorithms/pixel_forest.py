"""A forest that tells for each pixel whether it belongs to an object, and groups those that touch.

Forests of pixels are what interactive tools for microscopy use (Berg et al., ilastik, Nature Methods, 2019).
"""

from typing import Any, Self

import numpy as np
from scipy.ndimage import center_of_mass, gaussian_filter, label, maximum_filter
from scipy.ndimage import distance_transform_edt as depth_of

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Int
from podium_ml.contracts import Problem
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.algorithms._pixel_features import pixel_features
from podium_ml.objects.encoding import known_of

# Pixels that the forest learns from, and those of one picture.
_MOST_PIXELS, _MOST_OF_PICTURE = 60_000, 2_000
# Objects that are larger than the usual one by this factor may be several that touch.
_SEVERAL = 1.3
# What smooths how deep pixels lie in a group, in pixels, and how deep centres are, as a share of the deepest one.
_SMOOTH_DEPTH, _DEEP = 0.5, 0.3
_ROWS_AT_ONCE = 64


class PixelForest:
    """Finds objects as groups of pixels.

    Args:
        layout: The shape of predictions.
        trees: Number of trees.
        smooth: Width of the filter that smooths probabilities, in pixels.
        apart: Least distance of the centres of objects that touch, in radii of the usual object.
        leaf: Fewest pixels of a leaf.
        seed: Seed of the forest.
        n_jobs: Threads.
    """

    def __init__(
        self, layout: Layout, *, trees: int, smooth: float, apart: float, leaf: int, seed: int, n_jobs: int
    ) -> None:
        self.layout, self.trees, self.smooth, self.apart, self.leaf = layout, trees, smooth, apart, leaf
        self.seed, self.n_jobs = seed, n_jobs

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn from a sample of pixels, as many of objects as of the background."""
        from sklearn.ensemble import ExtraTreesClassifier

        random, size = np.random.default_rng(self.seed), 2 * self.layout.grid
        rows, codes, areas = [], [], []
        for picture, truth in zip(X, y, strict=True):
            known = known_of(truth)
            masks = known.on(size)
            classes = np.full((size, size), self.layout.classes)
            for at in np.argsort(-masks.sum(axis=(1, 2))):  # small objects lie in front
                classes[masks[at]] = -1 if known.crowd[at] else known.classes[at]
            areas += masks[~known.crowd].sum(axis=(1, 2)).tolist()
            chosen = _balanced(classes.ravel(), self.layout.classes, random)
            rows.append(pixel_features(picture[None], size)[0].reshape(size * size, -1)[chosen])
            codes.append(classes.ravel()[chosen])
        features, labels = np.concatenate(rows), np.concatenate(codes)
        kept = random.permutation(len(labels))[:_MOST_PIXELS]
        forest = ExtraTreesClassifier(
            self.trees,
            min_samples_leaf=self.leaf,
            max_features="sqrt",
            random_state=self.seed,
            n_jobs=self.n_jobs,
            class_weight="balanced",
        )
        self.forest_ = forest.fit(features[kept], labels[kept])
        self.areas_ = np.quantile(areas, [0.05, 0.5]).tolist() if areas else [1.0, 1.0]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return grids."""
        grids = self.layout.empty(len(X))
        for start in range(0, len(X), _ROWS_AT_ONCE):
            likely = self._likely(X[start : start + _ROWS_AT_ONCE])
            for grid, one in zip(grids[start:], likely, strict=False):
                self._fill(grid, one)
        return grids

    def _likely(self, X: np.ndarray) -> np.ndarray:
        """Return how likely each pixel belongs to an object of each class, shape ``(n, size, size, C)``."""
        size = 2 * self.layout.grid
        features = pixel_features(X, size)
        known = self.forest_.predict_proba(features.reshape(-1, features.shape[-1]))
        likely = np.zeros((len(X), size, size, self.layout.classes + 1), dtype=np.float32)
        likely[..., self.forest_.classes_] = known.reshape(len(X), size, size, -1)
        return likely[..., : self.layout.classes]

    def _fill(self, grid: np.ndarray, likely: np.ndarray) -> None:
        smooth = gaussian_filter(likely, (self.smooth, self.smooth, 0)) if self.smooth else likely
        whole, size = smooth.sum(axis=2), len(smooth)
        codes, owners = smooth.argmax(axis=2), np.full((size, size), -1)
        boxes: list[np.ndarray] = []
        for code in range(self.layout.classes):
            for part, box in self._objects((whole >= 0.5) & (codes == code)):
                owners[part] = len(boxes)
                boxes.append(np.array(box) / size)
                score = float(smooth[..., code][part].mean())
                self.layout.place(grid, code, boxes[-1], min(1.0, score))
        if self.layout.masks:
            self.layout.place_pixels(grid, whole, owners, np.reshape(boxes, (-1, 4)))

    def _objects(self, mask: np.ndarray) -> list[tuple[np.ndarray, list[int]]]:
        """Return the pixels and the box of each group of pixels that touch; tiny groups are noise."""
        groups, count = label(mask)
        found = []
        for number in range(1, count + 1):
            part = groups == number
            if part.sum() < max(3.0, 0.3 * self.areas_[0]):
                continue
            for own in self._parts(part):
                rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
                box = [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
                found.append((own, [int(one) for one in box]))
        return found

    def _parts(self, part: np.ndarray) -> list[np.ndarray]:
        """Return a large group as the objects that it may consist of: around the deepest places."""
        if part.sum() < _SEVERAL * self.areas_[1]:
            return [part]
        depth = gaussian_filter(depth_of(part), _SMOOTH_DEPTH)
        reach = max(2, round(self.apart * np.sqrt(self.areas_[1] / np.pi)))
        highest = maximum_filter(depth, size=2 * reach + 1)
        # Pixels that are equally deep and touch, as in the middle of a long object, are one centre.
        centres, count = label((depth == highest) & (depth >= _DEEP * depth.max()) & part, np.ones((3, 3)))
        if count < 2:
            return [part]
        peaks = np.array(center_of_mass(centres > 0, centres, np.arange(1, count + 1)))
        rows, columns = np.nonzero(part)
        away = (rows[:, None] - peaks[:, 0]) ** 2 + (columns[:, None] - peaks[:, 1]) ** 2
        nearest = away.argmin(axis=1)
        parts = []
        for at in range(len(peaks)):
            own = np.zeros_like(part)
            own[rows[nearest == at], columns[nearest == at]] = True
            parts.append(own)
        return parts


def _balanced(classes: np.ndarray, background: int, random: np.random.Generator) -> np.ndarray:
    """Return positions of pixels: at most so many, half of them of objects if there are enough."""
    own, rest = np.flatnonzero((classes >= 0) & (classes < background)), np.flatnonzero(classes == background)
    half = _MOST_OF_PICTURE // 2
    return np.concatenate([random.permutation(own)[:half], random.permutation(rest)[:half]])


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    trees: int = 40,
    smooth: float = 0.7,
    apart: float = 0.5,
    leaf: int = 3,
) -> Any:
    """Build a forest of pixels."""
    return PixelForest(
        Layout.of(problem), trees=trees, smooth=smooth, apart=apart, leaf=leaf, seed=seed, n_jobs=n_jobs
    )


SPEC = AlgorithmSpec(
    name="pixel_forest",
    title="Forest of pixels",
    tasks=frozenset({"detection", "segmentation"}),
    build=build,
    search_space={
        "trees": Int(20, 100, log=True),
        "smooth": Categorical((0.0, 0.7, 1.2, 2.0)),
        "apart": Categorical((0.5, 0.75, 1.0, 1.5)),
        "leaf": Int(1, 20, log=True),
    },
    portfolio=[{}, {"smooth": 1.2, "apart": 1.0, "leaf": 8}],
    needs="pixels",
    weighted=False,
    usefulness=4,
    cost=Cost(0.6, flat=0.05, columns=2.0, classes=0.0, parallel=0.5, cheaper=({"trees": 20},)),
    description="Tells for each pixel whether it belongs to an object, and groups those that touch.",
)
