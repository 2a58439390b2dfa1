"""What the report shows of texts: the worst predictions in full, and errors by length."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.tabular.row_errors import row_errors
from podium_ml.targets import predicted_rows, target_of

# Texts that are shown, characters of each, and groups of texts by length.
_WORST, _CHARACTERS, _LENGTHS = 12, 4_000, 6


def text_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return ``text_errors`` and ``text_lengths``; see ``Kind.charts``."""
    rows = predicted_rows(oof)
    known = train.X.iloc[rows], train.y[rows], oof[rows]
    shown = (test.X, test.y, raw) if test is not None and len(test.y) else known
    return {
        "text_errors": _worst(problem, *shown),
        "text_lengths": _by_length(*shown, name=train.schema.of_kind("text")[0]),
    }


def _worst(problem: Problem, X: pd.DataFrame, y: np.ndarray, raw: np.ndarray) -> list[dict[str, Any]]:
    order = np.argsort(-row_errors(y, raw), kind="stable")[:_WORST]
    name = next(str(column) for column in X.columns if isinstance(X[column].dtype, pd.StringDtype))
    target = target_of(problem)
    true = [target.text(one) for one in target.decode(y[order], problem)]
    found = [target.text(one) for one in target.decode(target.decide(raw[order], None), problem)]
    return [
        {"text": str(text)[:_CHARACTERS], "label": own, "predicted": answer, "error": round(float(error), 4)}
        for text, own, answer, error in zip(
            X[name].iloc[order], true, found, row_errors(y, raw)[order], strict=True
        )
        if own != answer
    ]


def _by_length(X: pd.DataFrame, y: np.ndarray, raw: np.ndarray, *, name: str) -> list[dict[str, Any]]:
    lengths, errors = X[name].str.len().fillna(0).to_numpy(dtype=int), row_errors(y, raw)
    if len(lengths) < 2 * _LENGTHS:
        return []
    cuts = np.unique(np.quantile(lengths, np.linspace(0, 1, _LENGTHS + 1)).astype(int))
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
