"""LightGBM's estimators, quick for plain matrices; imported only when LightGBM is used."""

import copy
from typing import Any, Self

import numpy as np
from lightgbm import Booster, LGBMClassifier, LGBMRegressor

from podium_ml.models.few_rows import is_few


class _PlainRows:
    """Gives matrices, whose categories are codes, straight to the booster.

    scikit-learn's checks of a matrix take ten times as long as the prediction of a row.
    """

    booster_: Any
    _Booster: Booster

    def shortened(self, rounds: int) -> Self:
        """Return a copy that has the first rounds alone."""
        short = copy.copy(self)
        short._Booster = Booster(model_str=self.booster_.model_to_string(num_iteration=rounds))
        return short

    def _raw(self, X: np.ndarray) -> np.ndarray:
        threads = {"num_threads": 1} if is_few(len(X)) else {}
        return np.asarray(self.booster_.predict(X, validate_features=False, **threads))


class PlainLGBMClassifier(_PlainRows, LGBMClassifier):  # type: ignore[misc]
    """A classifier of data frames and matrices."""

    def predict_proba(self, X: Any, **options: Any) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        if options or not isinstance(X, np.ndarray):
            return super().predict_proba(X, **options)
        found = self._raw(X)
        return np.column_stack([1 - found, found]) if found.ndim == 1 else found

    def predict(self, X: Any, **options: Any) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        if options or not isinstance(X, np.ndarray):
            return super().predict(X, **options)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class PlainLGBMRegressor(_PlainRows, LGBMRegressor):  # type: ignore[misc]
    """A regressor of data frames and matrices."""

    def predict(self, X: Any, **options: Any) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        if options or not isinstance(X, np.ndarray):
            return super().predict(X, **options)
        return self._raw(X)
