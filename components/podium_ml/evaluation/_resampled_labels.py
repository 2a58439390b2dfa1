"""Metrics of predicted classes on many resamples at once, from their confusion matrices."""

from collections.abc import Callable

import numpy as np

Kernel = Callable[[np.ndarray], np.ndarray]


def confusion_matrices(
    y_true: np.ndarray, labels: np.ndarray, counts: np.ndarray, n_classes: int
) -> np.ndarray:
    """Return one matrix a resample, true classes down and predicted ones across; shape ``(B, K, K)``.

    Args:
        y_true: Class codes, shape ``(n,)``.
        labels: Predicted codes, shape ``(n,)``.
        counts: How often each row was drawn in each resample, shape ``(B, n)``.
        n_classes: Number of classes K.
    """
    cells = np.zeros((len(y_true), n_classes * n_classes))
    cells[np.arange(len(y_true)), y_true * n_classes + labels] = 1.0
    return (counts @ cells).reshape(-1, n_classes, n_classes)


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top, dtype=np.float64), where=bottom > 0)


def _hits(C: np.ndarray) -> np.ndarray:
    return np.diagonal(C, axis1=1, axis2=2)


def _recall(C: np.ndarray) -> np.ndarray:
    return _ratio(_hits(C), C.sum(axis=2))


def _precision(C: np.ndarray) -> np.ndarray:
    return _ratio(_hits(C), C.sum(axis=1))


def _f1(C: np.ndarray) -> np.ndarray:
    return _ratio(2 * _hits(C), C.sum(axis=1) + C.sum(axis=2))


def _accuracy(C: np.ndarray) -> np.ndarray:
    return _ratio(_hits(C).sum(axis=1), C.sum(axis=(1, 2)))


def _over_true(values: np.ndarray, C: np.ndarray) -> np.ndarray:
    """Mean over the classes that truly occur."""
    present = C.sum(axis=2) > 0
    return _ratio((values * present).sum(axis=1), present.sum(axis=1).astype(np.float64))


def _over_seen(values: np.ndarray, C: np.ndarray) -> np.ndarray:
    """Mean over the classes that truly occur or are predicted."""
    seen = (C.sum(axis=2) + C.sum(axis=1)) > 0
    return _ratio((values * seen).sum(axis=1), seen.sum(axis=1).astype(np.float64))


def _by_rows(values: np.ndarray, C: np.ndarray) -> np.ndarray:
    rows = C.sum(axis=2)
    return _ratio((values * rows).sum(axis=1), rows.sum(axis=1))


def _norm_macro_recall(C: np.ndarray) -> np.ndarray:
    guessing = _ratio(np.ones(len(C)), (C.sum(axis=2) > 0).sum(axis=1).astype(np.float64))
    return _ratio(_over_true(_recall(C), C) - guessing, 1 - guessing)


def _mcc(C: np.ndarray) -> np.ndarray:
    true, predicted, total = C.sum(axis=2), C.sum(axis=1), C.sum(axis=(1, 2))
    covariance = _hits(C).sum(axis=1) * total - (true * predicted).sum(axis=1)
    spread = (total**2 - (true**2).sum(axis=1)) * (total**2 - (predicted**2).sum(axis=1))
    return _ratio(covariance, np.sqrt(np.maximum(spread, 0)))


def _kappa(C: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    expected = _ratio(
        C.sum(axis=2)[:, :, None] * C.sum(axis=1)[:, None, :],
        np.broadcast_to(C.sum(axis=(1, 2))[:, None, None], C.shape),
    )
    return 1 - _ratio((C * penalty).sum(axis=(1, 2)), (expected * penalty).sum(axis=(1, 2)))


def _cohen_kappa(C: np.ndarray) -> np.ndarray:
    return _kappa(C, 1.0 - np.eye(C.shape[1]))


def _quadratic_kappa(C: np.ndarray) -> np.ndarray:
    codes = np.arange(C.shape[1])
    return _kappa(C, (codes[:, None] - codes[None, :]).astype(np.float64) ** 2)


def _family(name: str, value: Kernel, micro: Kernel) -> dict[str, Kernel]:
    return {
        name: lambda C: value(C)[:, 1],
        f"{name}_macro": lambda C: _over_seen(value(C), C),
        f"{name}_micro": micro,
        f"{name}_weighted": lambda C: _by_rows(value(C), C),
    }


KERNELS: dict[str, Kernel] = {
    "accuracy": _accuracy,
    "balanced_accuracy": lambda C: _over_true(_recall(C), C),
    **_family("recall", _recall, _accuracy),
    **_family("precision", _precision, _accuracy),
    **_family("f1", _f1, _accuracy),
    "norm_macro_recall": _norm_macro_recall,
    "mcc": _mcc,
    "cohen_kappa": _cohen_kappa,
    "quadratic_kappa": _quadratic_kappa,
}
