"""Rows that each encoder encodes only once, however many models share it."""

from typing import Any, Self

import pandas as pd


class EncodedOnce:
    """Features of rows, and what encoders made of them.

    Args:
        X: Features, shape ``(n, d)``.
    """

    def __init__(self, X: pd.DataFrame) -> None:
        self._X = X
        self._known: dict[int, tuple[Any, Any]] = {}

    @property
    def features(self) -> pd.DataFrame:
        """The features, shape ``(n, d)``."""
        return self._X

    @classmethod
    def of(cls, X: "pd.DataFrame | Self") -> "EncodedOnce":
        """Return rows as they are if they are of this class already."""
        return X if isinstance(X, cls) else cls(X)  # type: ignore[arg-type]

    def by(self, encoder: Any) -> Any:
        """Return the rows encoded by an encoder."""
        if id(encoder) not in self._known:
            # The encoder is kept, too, so that no other one can get its id.
            self._known[id(encoder)] = encoder, encoder.transform(self._X)
        return self._known[id(encoder)][1]
