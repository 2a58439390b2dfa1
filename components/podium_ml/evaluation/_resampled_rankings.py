"""Areas under curves on many resamples at once: each class is sorted once for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from podium_ml.evaluation._resampled_labels import ratio


@dataclass(frozen=True)
class RankingAreas:
    """Areas of each class against the rest.

    Attributes:
        roc: Area under the ROC curve, shape ``(K, B)`` for B resamples; NaN without both kinds of rows.
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
            draws: How much each row counts in each resample, shape ``(n, B)``.
        """
        measured = [_areas(y == code, raw[:, code], draws) for code in range(raw.shape[1])]
        roc, precision, true = (np.stack(part) for part in zip(*measured, strict=True))
        return cls(roc, precision, true)


Kernel = Callable[[RankingAreas], np.ndarray]


def _areas(
    positive: np.ndarray, score: np.ndarray, draws: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    order = np.argsort(-score, kind="stable")
    begins = np.flatnonzero(np.diff(score[order], prepend=np.inf))
    sorted_draws = draws[order]
    members = np.add.reduceat(sorted_draws * positive[order, None], begins, axis=0)
    everybody = np.add.reduceat(sorted_draws, begins, axis=0)
    found, contacted = np.cumsum(members, axis=0), np.cumsum(everybody, axis=0)
    true, total = found[-1], contacted[-1]
    precision = ratio((members * ratio(found, contacted, otherwise=0.0)).sum(axis=0), true, otherwise=np.nan)
    # Members ranked above each other row, those of equal score half.
    above = ((everybody - members) * (found - members / 2)).sum(axis=0)
    roc = ratio(above, true * (total - true), otherwise=np.nan)
    return roc, np.where(total > true, precision, np.nan), true


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
}
