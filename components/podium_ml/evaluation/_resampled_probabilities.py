"""Metrics of probabilities on many resamples at once."""

from collections.abc import Callable

import numpy as np

Kernel = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
_SMALLEST = 1e-15


def _ranked(positive: np.ndarray, score: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return true and false positives at each distinct score, from the highest down; shapes ``(B, t)``."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    drawn = counts[:, order]
    true = np.cumsum(drawn * positive[order], axis=1)[:, ends]
    false = np.cumsum(drawn * ~positive[order], axis=1)[:, ends]
    return true, false


def _area(positive: np.ndarray, score: np.ndarray, counts: np.ndarray) -> np.ndarray:
    true, false = _ranked(positive, score, counts)
    before = np.zeros((len(counts), 1))
    true, false = np.hstack([before, true]), np.hstack([before, false])
    area = (np.diff(false, axis=1) * (true[:, 1:] + true[:, :-1]) / 2).sum(axis=1)
    whole = true[:, -1] * false[:, -1]
    return np.divide(area, whole, out=np.full(len(counts), np.nan), where=whole > 0)


def _precision_area(positive: np.ndarray, score: np.ndarray, counts: np.ndarray) -> np.ndarray:
    true, false = _ranked(positive, score, counts)
    total = true[:, -1:]
    found = np.diff(np.hstack([np.zeros((len(counts), 1)), true]), axis=1)
    precision = np.divide(true, true + false, out=np.zeros_like(true), where=true + false > 0)
    area = (found * precision).sum(axis=1)
    whole = total[:, 0]
    return np.divide(area, whole, out=np.full(len(counts), np.nan), where=whole > 0)


def _binary(kernel: Kernel) -> Kernel:
    return lambda y, raw, counts: kernel(y == 1, raw[:, 1], counts)


def _one_against_rest(kernel: Kernel, *, weighted: bool) -> Kernel:
    def over_classes(y: np.ndarray, raw: np.ndarray, counts: np.ndarray) -> np.ndarray:
        codes = range(raw.shape[1])
        scores = np.stack([kernel(y == code, raw[:, code], counts) for code in codes])
        known = ~np.isnan(scores)
        shares = (
            np.stack([counts @ (y == code).astype(np.float64) for code in codes]) if weighted else known * 1.0
        )
        shares = shares * known
        total = shares.sum(axis=0)
        mass = (np.nan_to_num(scores) * shares).sum(axis=0)
        return np.divide(mass, total, out=np.full(len(total), np.nan), where=total > 0)

    return over_classes


def _mean(losses: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return (counts @ losses) / counts.sum(axis=1)


def _log_loss(y: np.ndarray, raw: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return _mean(-np.log(np.clip(raw[np.arange(len(y)), y], _SMALLEST, 1.0)), counts)


def _brier(y: np.ndarray, raw: np.ndarray, counts: np.ndarray) -> np.ndarray:
    squares = (raw - np.eye(raw.shape[1])[y]) ** 2
    return _mean(squares[:, 1] if raw.shape[1] == 2 else squares.sum(axis=1), counts)


KERNELS: dict[str, Kernel] = {
    "roc_auc": _binary(_area),
    "roc_auc_macro": _one_against_rest(_area, weighted=False),
    "roc_auc_weighted": _one_against_rest(_area, weighted=True),
    "average_precision": _binary(_precision_area),
    "average_precision_macro": _one_against_rest(_precision_area, weighted=False),
    "average_precision_weighted": _one_against_rest(_precision_area, weighted=True),
    "log_loss": _log_loss,
    "brier": _brier,
}
