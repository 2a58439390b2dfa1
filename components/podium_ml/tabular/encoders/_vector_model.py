"""The model of the vectors of one column, such as the edges and colours of a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh, solve

from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._target_matrix import relative_weight, target_matrix
from podium_ml.tabular.encoders._text_model import CROSS_FIT_FOLDS, FEWEST_ROWS

# Penalties of the ridge regression, as shares of the rows; the one with the lowest cross-fitted error is taken.
_PENALTIES = (0.001, 0.01, 0.1, 1.0)
_NO_VARIATION = 1e-6


class VectorModel:
    """Scaled vectors, reduced to their principal components and to scores by ridge regression.

    Components say what the vectors are like, scores what they reveal about the target; see ``TextModel``. Scores of
    training rows are cross-fitted. A missing vector is an average one.

    Args:
        task: Kind of problem.
        components: Maximum number of components.
        scores: Whether to add scores.
        seed: Random seed.

    Attributes:
        outputs: Names of the columns: ``part_1``, ..., ``score``.
    """

    def __init__(self, *, task: Task, components: int, scores: bool, seed: int) -> None:
        self.task, self.components, self.scores, self.seed = task, components, scores, seed
        self.mean = self.scale = np.empty(0, dtype=np.float32)
        self.weights, self.offsets = np.empty((0, 0), dtype=np.float32), np.empty(0, dtype=np.float32)
        self.outputs: tuple[str, ...] = ()

    def fit_transform(
        self,
        vectors: np.ndarray,
        y: np.ndarray,
        *,
        widths: Sequence[int] = (),
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fit, and return components and cross-fitted scores of the training rows, float32, shape ``(n, k)``.

        Args:
            vectors: The vectors side by side, shape ``(n, d)``; NaN for missing.
            y: Class codes or values.
            widths: Numbers of columns of the vectors; each gets a scale of its own. Within a vector, columns keep
                their relative spreads, because those that hardly vary are mostly noise.
            weight: Weights of the rows, or ``None``.
            group: Groups of the rows, or ``None``.
        """
        with np.errstate(invalid="ignore"):
            known = vectors[~np.isnan(vectors).any(axis=1)]
        self.mean = known.mean(axis=0) if len(known) else np.zeros(vectors.shape[1], dtype=np.float32)
        spread = known.std(axis=0) if len(known) else np.zeros(vectors.shape[1], dtype=np.float32)
        parts = np.repeat(np.arange(len(widths)), widths) if widths else np.zeros(len(spread), dtype=int)
        common = np.sqrt(np.bincount(parts, spread**2) / np.maximum(np.bincount(parts), 1))
        self.scale = (1 / np.maximum(common, _NO_VARIATION)).astype(np.float32)[parts]
        rows = self._standardized(vectors)
        basis, spreads = _principal(rows)
        places = rows @ basis
        few = basis[:, : self.components] / max(float(spreads.max(initial=0.0)), _NO_VARIATION)
        found = None
        if self.scores and len(rows) >= FEWEST_ROWS and basis.shape[1]:
            weights = relative_weight(weight)
            target = target_matrix(y, task=self.task, weight=weights)
            found = _cross_fitted(places, target, weights, group, seed=self.seed) if target.any() else None
        slopes, offsets = (basis @ found[0], found[1]) if found else (np.empty((len(basis), 0)), np.empty(0))
        self.weights = np.concatenate([few, slopes], axis=1).astype(np.float32)
        self.offsets = np.concatenate([np.zeros(few.shape[1]), offsets]).astype(np.float32)
        self.outputs = (*_numbered("part", few.shape[1]), *_numbered("score", slopes.shape[1]))
        made = rows @ self.weights + self.offsets
        if found:
            made[:, few.shape[1] :] = found[2]
        return made

    def transform(self, vectors: np.ndarray) -> np.ndarray:
        """Return components and scores, float32, shape ``(n, k)``."""
        return self._standardized(vectors) @ self.weights + self.offsets

    def _standardized(self, vectors: np.ndarray) -> np.ndarray:
        if vectors.shape[1] != len(self.mean):  # no row has a vector
            return np.zeros((len(vectors), len(self.mean)), dtype=np.float32)
        return np.nan_to_num((vectors - self.mean) * self.scale, copy=False)


def _principal(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return principal directions, the strongest first, and the standard deviations along them.

    Directions in which hardly anything varies are left out. With fewer rows than columns, the rows span them all.
    """
    n, width = rows.shape
    if not n or not width:
        return np.empty((width, 0), dtype=np.float32), np.empty(0)
    small = rows @ rows.T if n < width else rows.T @ rows
    values, vectors = eigh(small.astype(np.float64) / n)
    kept = np.flatnonzero(values > _NO_VARIATION * max(float(values[-1]), _NO_VARIATION))[::-1]
    values, vectors = values[kept], vectors[:, kept]
    if n < width:
        vectors = rows.T @ (vectors / np.sqrt(values * n))
    return vectors.astype(np.float32), np.sqrt(values)


def _cross_fitted(
    rows: np.ndarray, target: np.ndarray, weight: np.ndarray | None, group: np.ndarray | None, *, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return slopes, offsets, and cross-fitted scores with a standard deviation of about 1."""
    weights = np.ones(len(rows)) if weight is None else np.asarray(weight, dtype=np.float64)
    whole = _Sums.of(rows, target, weights)
    folds = [
        (out, whole.without(_Sums.of(rows[out], target[out], weights[out])))
        for out in _folds(len(rows), group, seed=seed)
    ]
    best: tuple[float, float, np.ndarray] | None = None
    for penalty in _PENALTIES:
        scores = np.zeros(target.shape)
        for out, sums in folds:
            slopes, offset = sums.ridge(penalty)
            scores[out] = rows[out] @ slopes + offset
        error = float((weights[:, None] * (scores - target) ** 2).sum())
        if best is None or error < best[0]:
            best = error, penalty, scores
    assert best is not None
    _, penalty, scores = best
    slopes, offset = whole.ridge(penalty)
    spread = scores.std(axis=0)
    scale = np.where(spread > _NO_VARIATION, spread, 1.0)
    return slopes / scale, offset / scale, scores / scale


@dataclass(frozen=True)
class _Sums:
    """What ridge regression needs to know of some rows; sums of parts can be subtracted."""

    total: float
    x: np.ndarray
    y: np.ndarray
    xx: np.ndarray
    xy: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, target: np.ndarray, weight: np.ndarray) -> "_Sums":
        weighted = rows * weight[:, None].astype(np.float32)
        return cls(
            float(weight.sum()),
            weighted.sum(axis=0, dtype=np.float64),
            (weight[:, None] * target).sum(axis=0),
            (weighted.T @ rows).astype(np.float64),
            weighted.T @ target,
        )

    def without(self, part: "_Sums") -> "_Sums":
        return _Sums(
            self.total - part.total, self.x - part.x, self.y - part.y, self.xx - part.xx, self.xy - part.xy
        )

    def ridge(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Return slopes and offsets."""
        total = max(self.total, _NO_VARIATION)
        mean, middle = self.x / total, self.y / total
        gram = self.xx - total * np.outer(mean, mean)
        gram[np.diag_indices_from(gram)] += penalty * total
        slopes = solve(gram, self.xy - total * np.outer(mean, middle), assume_a="pos")
        return slopes, middle - mean @ slopes


def _folds(rows: int, group: np.ndarray | None, *, seed: int) -> Iterator[np.ndarray]:
    """Yield the positions of the rows of each part; groups stay whole."""
    units = np.arange(rows) if group is None or len(np.unique(group)) < 2 else group
    distinct, codes = np.unique(units, return_inverse=True)
    parts = np.random.default_rng(seed).permutation(len(distinct)) % CROSS_FIT_FOLDS
    for part in np.unique(parts):
        yield np.flatnonzero(parts[codes] == part)


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}_{number + 1}" for number in range(count)]
