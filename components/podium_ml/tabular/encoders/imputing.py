"""Fills missing values as the user asks, before another encoder reads the features."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.tabular.encoders._block import Output
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.features import FeatureRows
from podium_ml.tabular.features._rows import Coded


class ImputingEncoder(Encoder):
    """Another encoder, for features without gaps: what fills them is learned from the training rows of the fold.

    Args:
        inner: The encoder.
        methods: ``mean``, ``median``, ``most_frequent`` or a number, as text, by feature.
    """

    def __init__(self, inner: Encoder, methods: Mapping[str, str]) -> None:
        super().__init__(inner.schema, task=inner.task, seed=inner.seed)
        self.inner, self.methods = inner, dict(methods)

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> Any:
        """See ``Encoder``."""
        rows = FeatureRows.of(X)
        self.values_ = {name: _learned(rows.columns[name], how) for name, how in self.methods.items()}
        return self.inner.fit_transform(self._filled(X), y, weight=weight, group=group)

    def transform(self, X: pd.DataFrame | FeatureRows) -> Any:
        """See ``Encoder``."""
        return self.inner.transform(self._filled(X))

    def _outputs(self) -> list[Output]:
        return self.inner._outputs()

    def _filled(self, X: Any) -> Any:
        """Return rows in the form in which they came."""
        known = {name: value for name, value in self.values_.items() if value is not None}
        if isinstance(X, FeatureRows):
            columns = {name: _fill(X.columns[name], value) for name, value in known.items()}
            return replace(X, columns={**X.columns, **columns})
        rows = FeatureRows.of(X[list(known)])
        filled = FeatureRows({name: _fill(rows.columns[name], known[name]) for name in known}, len(X)).frame()
        return X.assign(**{name: filled[name].array for name in known})


def _learned(values: Any, how: str) -> Any:
    """Return what fills the gaps of a feature: a number, a category, or ``None`` if no value is known."""
    if isinstance(values, Coded):
        present = values.codes[values.codes >= 0]
        return values.texts[int(np.bincount(present).argmax())] if len(present) else None
    present = values[np.isfinite(values)]
    if how == "mean":
        return float(present.mean()) if len(present) else None
    if how == "median":
        return float(np.median(present)) if len(present) else None
    if how == "most_frequent":
        numbers, counts = np.unique(present, return_counts=True)
        return float(numbers[counts.argmax()]) if len(present) else None
    return float(how)


def _fill(values: Any, value: Any) -> Any:
    if not isinstance(values, Coded):
        return np.where(np.isnan(values), value, values)
    texts = values.texts if value in values.texts else [*values.texts, value]
    codes = np.where(values.codes < 0, texts.index(value), values.codes)
    return Coded(codes.astype(values.codes.dtype if len(texts) < 127 else np.int32), texts)
