"""Errors of texts by their length, for the report."""

from typing import Any

import numpy as np

_GROUPS = 6


def errors_by_length(lengths: np.ndarray, errors: np.ndarray) -> list[dict[str, Any]]:
    """Return groups of about equal size with ``from``, ``to`` (characters), ``rows`` and mean ``error``.

    Few texts make no groups.

    Args:
        lengths: Characters of each text, shape ``(n,)``.
        errors: How wrong the prediction of each is, shape ``(n,)``.
    """
    if len(lengths) < 2 * _GROUPS:
        return []
    cuts = np.unique(np.quantile(lengths, np.linspace(0, 1, _GROUPS + 1)).astype(int))
    groups = np.clip(np.searchsorted(cuts, lengths, side="right") - 1, 0, max(0, len(cuts) - 2))
    return [
        {
            "from": int(lengths[groups == group].min()),
            "to": int(lengths[groups == group].max()),
            "rows": int((groups == group).sum()),
            "error": round(float(errors[groups == group].mean()), 4),
        }
        for group in np.unique(groups)
    ]
