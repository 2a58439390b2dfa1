"""Weighted box fusion of several models (Solovyev, Wang and Gabruseva, Image and Vision Computing 107, 2021).

Boxes of one class that overlap are one object: its box is their mean, weighted by their scores and by the weights of
their models, and its score is the weighted mean of the scores that the models give it, 0 for models that do not see it.
Which boxes belong together is decided once, from their scores alone, so that many weights can be tried. Pixels, which
all models have for all places, are averaged; where they point to counts as much as the model sees an object there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.objects.grid import EDGES, LOWEST, QUARTERS, decode, overlaps

# Boxes that overlap a fused box more than this are added to it, as in the paper.
_SAME = 0.55
_TINY = 1e-9


@dataclass(frozen=True)
class _Boxes:
    """Boxes of all models in all pictures.

    Attributes:
        model: Their models, shape ``(b,)``.
        score: Their scores.
        corners: Left, top, right and bottom in shares of the picture, shape ``(b, 4)``.
        group: Numbers of the objects that they are.
        picture: Pictures of the objects, shape ``(o,)``.
        code: Classes of the objects.
    """

    model: np.ndarray
    score: np.ndarray
    corners: np.ndarray
    group: np.ndarray
    picture: np.ndarray
    code: np.ndarray


class BoxFusion:
    """Fuses what several models find in the same pictures.

    Args:
        predictions: Raw predictions of each model, shape ``(n, G, G, channels)``.
        n_classes: Number of classes.
    """

    def __init__(self, predictions: Sequence[np.ndarray], *, n_classes: int) -> None:
        self._predictions, self._classes = predictions, n_classes
        self._boxes = _grouped(predictions, n_classes)

    def __call__(self, weights: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return raw predictions of the models together.

        Args:
            weights: Weights that sum to 1, one a model.
        """
        shares = np.asarray(weights, dtype=np.float64)
        raw = np.zeros_like(self._predictions[0])
        self._add_pixels(raw[..., self._classes + EDGES :], shares)
        self._place(raw, *self._fused(shares))
        return raw

    def _add_pixels(self, pixels: np.ndarray, shares: np.ndarray) -> None:
        """Add the channels of masks of all models to those of the fused grids, if there are masks."""
        inside, pointers = pixels[..., :QUARTERS], pixels[..., QUARTERS:]
        for share, one in zip(shares, self._predictions, strict=True):
            if share > 0 and pixels.size:
                own = one[..., self._classes + EDGES :]
                seen = share * own[..., :QUARTERS]
                inside += seen
                pointers += np.concatenate([seen, seen], axis=-1) * own[..., QUARTERS:]
        pointers /= np.maximum(np.concatenate([inside, inside], axis=-1), _TINY)

    def _fused(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners and scores of the objects, shapes ``(o, 4)`` and ``(o,)``."""
        boxes, objects = self._boxes, len(self._boxes.picture)
        weight = shares[boxes.model] * boxes.score
        total = np.bincount(boxes.group, weight, minlength=objects)
        sums = [np.bincount(boxes.group, weight * one, minlength=objects) for one in boxes.corners.T]
        # A model that sees an object twice counts with its highest score.
        best = np.zeros((objects, len(shares)))
        np.maximum.at(best, (boxes.group, boxes.model), boxes.score)
        return np.stack(sums, axis=1) / np.maximum(total, 1e-12)[:, None], best @ shares

    def _place(self, raw: np.ndarray, corners: np.ndarray, scores: np.ndarray) -> None:
        """Put objects at the cells of their centres; of several in a cell, the one with the highest score stays."""
        order = np.argsort(scores, kind="stable")
        order = order[scores[order] >= LOWEST]
        corners, grid = corners[order], raw.shape[1]
        middle = (corners[:, :2] + corners[:, 2:]) / 2
        column, row = np.clip((middle * grid).astype(np.int64), 0, grid - 1).T
        centre = (np.stack([column, row], axis=1) + 0.5) / grid
        picture, code = self._boxes.picture[order], self._boxes.code[order]
        raw[picture, row, column, code] = scores[order]
        edges = np.concatenate([centre - corners[:, :2], corners[:, 2:] - centre], axis=1)
        raw[picture, row, column, self._classes : self._classes + EDGES] = edges


def _grouped(predictions: Sequence[np.ndarray], n_classes: int) -> _Boxes:
    parts: list[tuple[np.ndarray, ...]] = []
    pictures: list[int] = []
    codes: list[int] = []
    for picture in range(len(predictions[0])):
        found = [decode(raw[picture, ..., : n_classes + EDGES], n_classes=n_classes) for raw in predictions]
        model = np.repeat(np.arange(len(found)), [len(one.scores) for one in found])
        boxes, classes, scores = (
            np.concatenate([getattr(one, name) for one in found]) for name in ("boxes", "classes", "scores")
        )
        for code in np.unique(classes):
            own = np.flatnonzero(classes == code)
            own = own[np.argsort(-scores[own], kind="stable")]
            group, count = _groups(boxes[own], scores[own])
            parts.append((model[own], scores[own], boxes[own], group + len(pictures)))
            pictures += [picture] * count
            codes += [int(code)] * count
    empty = (np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 4)), np.zeros(0, np.int64))
    model, score, box, group = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    corners = np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)
    return _Boxes(
        model, score, corners, group, np.array(pictures, dtype=np.int64), np.array(codes, dtype=np.int64)
    )


def _groups(boxes: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the number of the object that each box of one class is, and how many objects there are.

    Args:
        boxes: Boxes, the highest score first, shape ``(b, 4)``.
        scores: Their scores.
    """
    group = np.zeros(len(boxes), dtype=np.int64)
    fused, weight, count = np.zeros_like(boxes), np.zeros(len(boxes)), 0
    for at, box in enumerate(boxes):
        shared = overlaps(box[None], fused[:count])[0]
        own = int(shared.argmax()) if count else 0
        if not count or shared[own] <= _SAME:
            own, count = count, count + 1
        fused[own] = (weight[own] * fused[own] + scores[at] * box) / (weight[own] + scores[at])
        weight[own] += scores[at]
        group[at] = own
    return group, count
