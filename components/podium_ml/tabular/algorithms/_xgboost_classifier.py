"""An XGBoost classifier for folds with missing classes; imported only when XGBoost is used."""

from typing import Any, Self

import numpy as np
from xgboost import XGBClassifier


class GapTolerantClassifier(XGBClassifier):  # type: ignore[misc]
    """XGBoost requires class codes without gaps, so this classifier renumbers the classes and remembers them."""

    def fit(self, X: Any, y: np.ndarray, *, eval_set: Any = None, **arguments: Any) -> Self:
        """Fit the model; all classes of ``eval_set`` must occur in ``y``."""
        self._seen: np.ndarray | None = None
        seen, codes = np.unique(y, return_inverse=True)
        coded = [(rows, np.searchsorted(seen, labels)) for rows, labels in eval_set] if eval_set else None
        super().fit(X, codes, eval_set=coded, **arguments)
        self._seen = seen
        return self

    @property
    def classes_(self) -> np.ndarray:
        """The classes of the training rows, in the order of the probability columns."""
        return super().classes_ if self._seen is None else self._seen

    def predict(self, X: Any, **arguments: Any) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X, **arguments).argmax(axis=1)]
