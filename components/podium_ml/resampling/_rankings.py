"""Areas under curves on many resamples at once. Each class is sorted only once for all resamples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from podium_ml.resampling._labels import ratio


@dataclass(frozen=True)
class RankingAreas:
    """Areas under the curves of each class against the rest.

    Attributes:
        roc: Area under the ROC curve, shape ``(K, B)`` for B resamples; NaN without rows of both kinds.
        precision: Average precision, likewise.
        true: Weight of the rows of each class, shape ``(K, B)``.
    """

    roc: np.ndarray
    precision: np.ndarray
    true: np.ndarray

    @classmethod
    def measure(cls, y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> Self:
        """Measure on every resample.

        Args:
            y: Class codes, shape ``(n,)``.
            raw: Probabilities, shape ``(n, K)``.
            draws: Weight of each row in each resample, shape ``(n, B)``.
        """
        return cls.of_flags((y[:, None] == np.arange(raw.shape[1])), raw, draws)

    @classmethod
    def of_flags(cls, flags: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> Self:
        """Measure on every resample.

        Args:
            flags: Whether each row belongs to each class or has each label, shape ``(n, K)``.
            raw: Probabilities, shape ``(n, K)``.
            draws: Weight of each row in each resample, shape ``(n, B)``.
        """
        measured = [_areas(flags[:, code], raw[:, code], draws) for code in range(raw.shape[1])]
        roc, precision, true = (np.stack(part) for part in zip(*measured, strict=True))
        return cls(roc, precision, true)


Kernel = Callable[[RankingAreas], np.ndarray]


def _areas(
    positive: np.ndarray, score: np.ndarray, draws: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return both areas and the weight of the positive rows, looping only over the positive rows, which are few."""
    true, total = positive.astype(np.float64) @ draws, draws.sum(axis=0)
    if not positive.any():
        return np.full(len(total), np.nan), np.full(len(total), np.nan), true
    order = np.argsort(-score, kind="stable")
    contacted = np.zeros((len(score) + 1, len(total)))
    np.cumsum(draws[order], axis=0, out=contacted[1:])
    members = np.flatnonzero(positive[order])
    tie = _ties(score[order])
    first = np.flatnonzero(np.diff(tie.number[members], prepend=-1))
    mass = np.add.reduceat(draws[order[members]], first, axis=0)
    found, here = np.cumsum(mass, axis=0), tie.number[members[first]]
    upto, before = contacted[tie.end[here]], contacted[tie.begin[here]]
    precision = ratio((mass * ratio(found, upto, otherwise=0.0)).sum(axis=0), true, otherwise=np.nan)
    # Negative rows ranked above each positive row. Rows with an equal score count half.
    above = (upto - found + before - (found - mass)) / 2
    roc = ratio((mass * (total - true - above)).sum(axis=0), true * (total - true), otherwise=np.nan)
    return roc, np.where(total > true, precision, np.nan), true


@dataclass(frozen=True)
class _Ties:
    """Runs of equal scores: the number of each row's run, and where each run begins and ends."""

    number: np.ndarray
    begin: np.ndarray
    end: np.ndarray


def _ties(score: np.ndarray) -> _Ties:
    begins = np.diff(score, prepend=np.inf) != 0
    begin = np.flatnonzero(begins)
    return _Ties(np.cumsum(begins) - 1, begin, np.append(begin[1:], len(score)))


def _macro(areas: np.ndarray) -> np.ndarray:
    known = ~np.isnan(areas)
    return ratio(np.nansum(areas, axis=0), known.sum(axis=0), otherwise=np.nan)


def _weighted(areas: np.ndarray, true: np.ndarray) -> np.ndarray:
    shares = true * ~np.isnan(areas)
    return ratio(np.nansum(areas * shares, axis=0), shares.sum(axis=0), otherwise=np.nan)


KERNELS: dict[str, Kernel] = {
    "roc_auc": lambda a: a.roc[1],
    "roc_auc_macro": lambda a: _macro(a.roc),
    "roc_auc_weighted": lambda a: _weighted(a.roc, a.true),
    "average_precision": lambda a: a.precision[1],
    "average_precision_macro": lambda a: _macro(a.precision),
    "average_precision_weighted": lambda a: _weighted(a.precision, a.true),
    "label_roc_auc": lambda a: _macro(a.roc),
    "label_average_precision": lambda a: _macro(a.precision),
}
