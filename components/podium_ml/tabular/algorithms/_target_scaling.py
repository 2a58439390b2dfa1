"""Scaling of a regression target for linear models, kernels and networks."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import TransformedTargetRegressor

from podium_ml.algorithms import Related

# How far a prediction may go beyond the range seen in training, in units of that range.
_MARGIN = 0.5
# Splits and rows that the errors of a regression on a logarithmic scale are measured on.
_FOLDS, _MOST_ROWS = 3, 5_000


class TargetScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Standardizes a target, optionally compresses its long tails, and keeps predictions near the data's range.

    Args:
        logarithmic: Whether to apply the inverse hyperbolic sine first, a logarithm for zero and negative values too.

    Attributes:
        cosh_: Mean hyperbolic cosine of the errors on the logarithmic scale; see ``smear``.
        sinh_: Mean hyperbolic sine of these errors.
    """

    cosh_, sinh_ = 1.0, 0.0

    def __init__(self, logarithmic: bool = False) -> None:
        self.logarithmic = logarithmic

    def fit(self, y: np.ndarray, _: Any = None) -> Self:
        """Learn the centre and scale from values of shape ``(n, 1)``."""
        self.zero_ = 0.0 if y.min() >= 0 else float(np.median(y))
        self.unit_ = float(np.median(np.abs(y - self.zero_))) or 1.0
        shaped = self._shape(y)
        self.mean_, self.std_ = float(shaped.mean()), float(shaped.std()) or 1.0
        low, high = float(shaped.min()), float(shaped.max())
        margin = (high - low) * _MARGIN
        self.low_, self.high_ = low - margin, high + margin
        return self

    def transform(self, y: np.ndarray) -> np.ndarray:
        """Return standardized values, shape ``(n, 1)``."""
        return (self._shape(y) - self.mean_) / self.std_

    def inverse_transform(self, y: np.ndarray) -> np.ndarray:
        """Return values in the target's own unit, shape ``(n, 1)``."""
        shaped = np.clip(y * self.std_ + self.mean_, self.low_, self.high_)
        if not self.logarithmic:
            return shaped
        return (np.sinh(shaped) * self.cosh_ + np.cosh(shaped) * self.sinh_) * self.unit_ + self.zero_

    def smear(self, errors: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Make ``inverse_transform`` return means of the target instead of medians (smearing; Duan, JASA 1983).

        The mean of ``sinh(prediction + error)`` over all errors has a closed form, the addition theorem.

        Args:
            errors: Standardized targets less their predictions, of rows that were not trained on, shape ``(n,)``.
            weight: Weights of these rows, or ``None``.
        """
        if self.logarithmic:
            errors = errors * self.std_
            self.cosh_ = float(np.average(np.cosh(errors), weights=weight))
            self.sinh_ = float(np.average(np.sinh(errors), weights=weight))
        return self

    def _shape(self, y: np.ndarray) -> np.ndarray:
        return np.arcsinh((y - self.zero_) / self.unit_) if self.logarithmic else np.asarray(y, dtype=float)


def network_values(
    outputs: np.ndarray, scaler: TargetScaler, *, slope: float, limits: tuple[float, float]
) -> np.ndarray:
    """Return the values that a network's outputs stand for, shape ``(n,)``.

    Args:
        outputs: Outputs of the network, shape ``(n, 1)``.
        scaler: Scale of the target.
        slope: Factor that shrinks the outputs.
        limits: Smallest and largest target of the training rows.
    """
    return np.clip(scaler.inverse_transform(slope * outputs)[:, 0], *limits)


class SmearedRegressor(TransformedTargetRegressor):  # type: ignore[misc]
    """Fits a regressor on the logarithmic scale of a ``TargetScaler``, and predicts means on the target's own scale."""

    splits_inside = True

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        related: Related | None = None,
    ) -> Self:
        """Fit on all rows, and measure the errors by fits on some of the rows."""
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        super().fit(X, y, **weights)
        rows = np.random.default_rng(0).permutation(len(y))[:_MOST_ROWS]
        if len(rows) >= 2 * _FOLDS:
            part = None if sample_weight is None else sample_weight[rows]
            related = None if related is None else related.of_rows(rows)
            errors = self._errors(X[rows], np.asarray(y)[rows], part, related)
            known = np.isfinite(errors)
            part = None if part is None or not part[known].any() else part[known]
            self.transformer_.smear(errors[known], part)
        return self

    def _errors(
        self, X: np.ndarray, y: np.ndarray, weight: np.ndarray | None, related: Related | None
    ) -> np.ndarray:
        """Return the errors of rows that a fit was made without; NaN for the earliest ones in time."""
        from podium_ml.tabular.algorithms._inner_splits import inner_folds

        target = self.transformer_.transform(y[:, None])[:, 0]
        errors = np.full(len(y), np.nan)
        for train, valid in inner_folds(y, related, count=_FOLDS, seed=0):
            weights = {} if weight is None else {"sample_weight": weight[train]}
            model = clone(self.regressor).fit(X[train], target[train], **weights)
            errors[valid] = target[valid] - model.predict(X[valid]).reshape(-1)
        return errors


def on_scaled_target(regressor: Any, *, logarithmic: bool = False, level: float | None = None) -> Any:
    """Wrap a regressor so that it is fitted on a scaled target and predicts in the target's own unit.

    Args:
        regressor: The regressor.
        logarithmic: Whether to compress the long tails of the target.
        level: Level of the quantile that the regressor predicts; ``None`` if it predicts the mean. Quantiles are the
            same on every scale, and means are not.
    """
    kind = SmearedRegressor if logarithmic and level is None else TransformedTargetRegressor
    scaler = TargetScaler(logarithmic=logarithmic)
    return kind(regressor=regressor, transformer=scaler, check_inverse=False)
