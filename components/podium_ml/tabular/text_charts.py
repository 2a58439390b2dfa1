"""What the report shows of texts: the worst predictions in full, and errors by length."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds.errors_by_length import errors_by_length
from podium_ml.tabular.row_errors import row_errors
from podium_ml.targets import predicted_rows, target_of

# Texts that are shown, and characters of each.
_WORST, _CHARACTERS = 12, 4_000


def text_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return ``text_errors`` and ``text_lengths``; see ``Kind.charts``."""
    rows = predicted_rows(oof)
    known = train.X.iloc[rows], train.y[rows], oof[rows]
    shown = (test.X, test.y, raw) if test is not None and len(test.y) else known
    name = train.schema.of_kind("text")[0]
    return {
        "text_errors": _worst(problem, *shown),
        "text_lengths": errors_by_length(
            shown[0][name].str.len().fillna(0).to_numpy(dtype=int), row_errors(*shown[1:])
        ),
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
