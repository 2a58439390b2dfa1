"""Rows whose texts are nearly equal."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.contracts import Column
from podium_ml.tabular.validation.picture_copies import joined
from podium_ml.values.near_copies import SHORTEST, near_copy_codes

# Texts that so many rows, and more than this share, have in common are usual answers, and no copies.
_COMMON, _MANY = 0.05, 10


def with_texts(codes: np.ndarray, table: pd.DataFrame, features: Sequence[Column]) -> np.ndarray:
    """Return codes of rows that belong together, joined where their texts are nearly equal.

    Args:
        codes: Codes of rows that belong together for other reasons, shape ``(n,)``.
        table: The rows.
        features: The columns that models learn from.
    """
    for one in features:
        if one.role == "text":
            codes = joined(codes, text_groups(table[one.name], alone=len(features) == 1))
    return codes


def text_groups(values: pd.Series, *, alone: bool) -> np.ndarray:
    """Return codes of nearly equal texts, int64, shape ``(n,)``.

    Args:
        values: The texts.
        alone: Whether there is no other column; if there is, short texts may be equal by chance.
    """
    texts = values.fillna("").astype(str).tolist()
    codes = near_copy_codes(texts)
    sizes = np.bincount(codes, minlength=len(codes))[codes] if len(codes) else codes
    own = sizes > max(_MANY, _COMMON * len(codes))
    own |= np.array([not text or (not alone and len(text) < SHORTEST) for text in texts], dtype=bool)
    codes = np.where(own, len(codes) + np.arange(len(codes)), codes)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
