"""Fitted scikit-learn forests as a few arrays: a twentieth of the size on disk, and quick for one row as for many.

The nodes of a tree are numbered level by level, so that the children of its i-th inner node are the nodes 2i + 1 and
2i + 2. Which nodes are leaves therefore says all about the shape of a tree (a level-order encoding; Jacobson, "Space-
efficient Static Trees and Graphs", 1989). Only inner nodes have a split, and only leaves have a value.
"""

import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from podium_ml.models.few_rows import prediction_threads

# With fewer rows, starting threads takes longer than the work.
_FEWEST_ROWS_A_THREAD = 500


@dataclass(frozen=True)
class Nodes:
    """All nodes of one tree.

    Attributes:
        left: Left child of each node, -1 for leaves; the right one is the next node.
        feature: Column that an inner node compares, -2 for leaves.
        threshold: Rows with at most this value go to the left.
        missing_left: Whether missing values go to the left.
        values: Prediction of each node, shape ``(nodes, K)``; of an inner node, the mean of its leaves.
        weight: Weight of the training rows in each node.
    """

    left: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    values: np.ndarray
    weight: np.ndarray


class CompactForest:
    """The mean of trees that were grown by scikit-learn; predictions equal its own but for the rounding of values.

    Args:
        forest: A fitted scikit-learn forest with one target.

    Attributes:
        n_features_in_: Number of encoded features.
        feature_importances_: How much each of them lowered the impurity, shape ``(d,)``.
    """

    def __init__(self, forest: Any) -> None:
        self.n_features_in_: int = forest.n_features_in_
        self.feature_importances_: np.ndarray = forest.feature_importances_
        trees = [_level_order(tree.tree_) for tree in forest.estimators_]
        leaf = [tree.left < 0 for tree in trees]
        self._sizes = np.array([len(one) for one in leaf], dtype=np.int32)
        self._leaf = np.packbits(np.concatenate(leaf))
        inner = [(tree, ~one) for tree, one in zip(trees, leaf, strict=True)]
        feature = np.concatenate([tree.feature[where] for tree, where in inner])
        self._feature = feature.astype(np.int16 if self.n_features_in_ < 2**15 else np.int32)
        self._threshold = _round_down(np.concatenate([tree.threshold[where] for tree, where in inner]))
        self._missing_left = np.packbits(np.concatenate([tree.missing_left[where] for tree, where in inner]))
        ends = list(zip(trees, leaf, strict=True))
        self._weight = _smallest(np.concatenate([tree.weight[where] for tree, where in ends]))
        values = np.concatenate([tree.values[where] for tree, where in ends])
        self._center = values.mean(axis=0)
        self._values = (values - self._center).astype(np.float32)

    @property
    def n_estimators(self) -> int:
        """Number of trees."""
        return len(self._sizes)

    @property
    def n_leaves(self) -> int:
        """Number of leaves of all trees."""
        return len(self._values)

    def __getstate__(self) -> dict[str, Any]:
        """Return everything but what is built for predictions; arrays are compressed, because leaves repeat."""
        state = {name: value for name, value in self.__dict__.items() if not name.startswith("_built")}
        return {
            name: _Packed.of(value) if isinstance(value, np.ndarray) else value
            for name, value in state.items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {
            name: value.array() if isinstance(value, _Packed) else value for name, value in state.items()
        }

    def trees(self) -> Iterator[Nodes]:
        """Return the trees."""
        sizes = self._sizes
        leaf_of = np.unpackbits(self._leaf, count=int(sizes.sum())).astype(bool)
        missing_left = np.unpackbits(self._missing_left, count=len(self._feature)).astype(bool)
        nodes = np.concatenate([[0], np.cumsum(sizes)])
        splits = (nodes - np.arange(len(nodes))) // 2  # a tree with n leaves has n - 1 splits
        for number, (start, stop) in enumerate(pairwise(nodes)):
            leaf, inner = leaf_of[start:stop], slice(*splits[number : number + 2])
            ends = slice(splits[number] + number, splits[number + 1] + number + 1)
            yield _all_nodes(
                leaf,
                self._feature[inner],
                self._threshold[inner],
                missing_left[inner],
                self._values[ends] + self._center,
                self._weight[ends],
            )

    def mean_values(self, X: Any) -> np.ndarray:
        """Return the mean of the trees' values, float64, shape ``(n, K)``.

        Args:
            X: Encoded features, shape ``(n, d)``.
        """
        rows = np.ascontiguousarray(X, dtype=np.float32)
        if not hasattr(self, "_built"):
            self._built = _Lookup.of(self.trees())
        return self._built.mean(rows)

    def for_shap(self) -> dict[str, Any]:
        """Return the forest as the dictionary that ``shap.TreeExplainer`` reads."""
        share = 1 / self.n_estimators
        return {
            "trees": [_for_shap(tree, self.outputs(tree.values) * share) for tree in self.trees()],
            "internal_dtype": np.float64,
            "input_dtype": np.float32,
        }

    def outputs(self, values: np.ndarray) -> np.ndarray:
        """Return the predictions that values of nodes, or their means, stand for; shape ``(n, K)``."""
        return values


class CompactForestClassifier(CompactForest):
    """A forest that predicts class probabilities."""

    def __init__(self, forest: Any) -> None:
        super().__init__(forest)
        self.classes_: np.ndarray = forest.classes_
        # Of two probabilities, one says all.
        if len(self.classes_) == 2:
            self._values, self._center = self._values[:, 1:].copy(), self._center[1:]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return self.outputs(self.mean_values(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def outputs(self, values: np.ndarray) -> np.ndarray:
        """See ``CompactForest``."""
        return np.column_stack([1 - values, values]) if len(self.classes_) == 2 else values


class CompactForestRegressor(CompactForest):
    """A forest that predicts values."""

    def predict(self, X: Any) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return self.mean_values(X)[:, 0]


def compact(forest: Any) -> CompactForest:
    """Return a fitted scikit-learn forest as a few arrays; its predictions stay the same."""
    return CompactForestClassifier(forest) if hasattr(forest, "classes_") else CompactForestRegressor(forest)


@dataclass(frozen=True)
class _Packed:
    """An array as it is pickled."""

    kind: str
    shape: tuple[int, ...]
    content: bytes

    @classmethod
    def of(cls, array: np.ndarray) -> "_Packed":
        return cls(array.dtype.str, array.shape, zlib.compress(array.tobytes(), level=1))

    def array(self) -> np.ndarray:
        return np.frombuffer(zlib.decompress(self.content), dtype=self.kind).reshape(self.shape)


@dataclass(frozen=True)
class _Lookup:
    """What predictions need: scikit-learn's compiled trees, and the values of their nodes."""

    trees: list[Any]
    values: list[np.ndarray]

    @classmethod
    def of(cls, trees: Iterator[Nodes]) -> "_Lookup":
        both = [(_compiled(tree), tree.values) for tree in trees]
        return cls([tree for tree, _ in both], [values for _, values in both])

    def mean(self, X: np.ndarray) -> np.ndarray:
        parts = _parts(len(X))
        if len(parts) < 2:
            return self._mean(X)
        with ThreadPoolExecutor(len(parts)) as pool:
            return np.concatenate(list(pool.map(lambda part: self._mean(X[part]), parts)))

    def _mean(self, X: np.ndarray) -> np.ndarray:
        total = np.zeros((len(X), self.values[0].shape[1]))
        for tree, values in zip(self.trees, self.values, strict=True):
            total += values.take(tree.apply(X), axis=0)
        return total / len(self.trees)


def _parts(rows: int) -> list[slice]:
    """Return a range of rows for each thread."""
    count = max(1, min(prediction_threads(), rows // _FEWEST_ROWS_A_THREAD))
    return [slice(start, stop) for start, stop in pairwise(np.linspace(0, rows, count + 1).astype(int))]


def _level_order(tree: Any) -> Nodes:
    """Return scikit-learn's tree with its nodes numbered level by level."""
    level, levels = np.zeros(1, dtype=np.int64), []
    while len(level):
        levels.append(level)
        inner = level[tree.children_left[level] >= 0]
        level = np.column_stack([tree.children_left[inner], tree.children_right[inner]]).ravel()
    order = np.concatenate(levels)
    leaf = tree.children_left[order] < 0
    return Nodes(
        left=np.where(leaf, -1, 2 * np.cumsum(~leaf) - 1),
        feature=tree.feature[order],
        threshold=tree.threshold[order],
        missing_left=tree.missing_go_to_left[order].astype(bool),
        values=tree.value[order, 0, :],
        weight=tree.weighted_n_node_samples[order],
    )


def _all_nodes(
    leaf: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    missing_left: np.ndarray,
    values: np.ndarray,
    weight: np.ndarray,
) -> Nodes:
    """Return a tree from its leaves and from the arrays of its splits and of its leaves."""
    inner = ~leaf
    left = np.where(leaf, -1, 2 * np.cumsum(inner) - 1)
    totals = np.zeros((len(leaf), 1 + values.shape[1]))
    totals[leaf] = np.column_stack([weight, values * weight[:, None]])
    # Children come after their parent, and the nodes of a level before those of the next.
    for start, stop in reversed(list(pairwise(_level_starts(left)))):
        parents = np.arange(start, stop)[inner[start:stop]]
        totals[parents] = totals[left[parents]] + totals[left[parents] + 1]
    shown = totals[:, 1:] / totals[:, :1]
    shown[leaf] = values
    return Nodes(
        left=left,
        feature=_spread(feature, inner, missing=-2),
        threshold=_spread(threshold.astype(np.float64), inner, missing=-2.0),
        missing_left=_spread(missing_left, inner, missing=False),
        values=shown,
        weight=totals[:, 0],
    )


def _level_starts(left: np.ndarray) -> list[int]:
    """Return where each level starts, and where the last one ends."""
    starts = [0, 1]
    while starts[-1] < len(left):
        children = left[starts[-2] : starts[-1]].max() + 2
        starts.append(int(children))
    return starts


def _spread(values: np.ndarray, where: np.ndarray, *, missing: Any) -> np.ndarray:
    result = np.full(len(where), missing, dtype=values.dtype)
    result[where] = values
    return result


def _compiled(tree: Nodes) -> Any:
    """Return scikit-learn's own tree, without values; its ``apply`` says which leaf each row reaches."""
    from sklearn.tree._tree import NODE_DTYPE, Tree

    nodes = np.zeros(len(tree.left), dtype=NODE_DTYPE)
    nodes["left_child"] = tree.left
    nodes["right_child"] = np.where(tree.left < 0, -1, tree.left + 1)
    nodes["feature"], nodes["threshold"] = tree.feature, tree.threshold
    nodes["missing_go_to_left"] = tree.missing_left
    made = Tree(int(tree.feature.max(initial=0)) + 1, np.ones(1, dtype=np.intp), 1)
    made.__setstate__(
        {"max_depth": 0, "node_count": len(nodes), "nodes": nodes, "values": np.zeros((len(nodes), 1, 1))}
    )
    return made


def _for_shap(tree: Nodes, values: np.ndarray) -> dict[str, np.ndarray]:
    right = np.where(tree.left < 0, -1, tree.left + 1)
    return {
        "children_left": tree.left,
        "children_right": right,
        "children_default": np.where(tree.missing_left, tree.left, right),
        "features": tree.feature,
        "thresholds": tree.threshold,
        "values": values,
        "node_sample_weight": tree.weight,
    }


def _round_down(thresholds: np.ndarray) -> np.ndarray:
    """Return thresholds as float32; rounded down, they send float32 numbers the same way as before."""
    rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def _smallest(weights: np.ndarray) -> np.ndarray:
    """Return weights as small whole numbers if they are, else as float32."""
    whole = weights.astype(np.uint16)
    return whole if (whole == weights).all() else weights.astype(np.float32)
