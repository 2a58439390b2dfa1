"""Which unlabelled rows are most worth labelling: those that a model is least sure of (Lewis and Gale 1994)."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import SettingsError
from podium_ml.targets import target_of
from podium_ml.values.near_copies import near_copy_codes

_ROWS_AT_ONCE = 2_000


def most_worth_labelling(predictor: Any, rows: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Return the rows that a model is least sure of, the least sure one first; of nearly equal texts the first alone.

    Args:
        predictor: A model of classes, of sets of labels or of spans.
        rows: Rows without labels.
        most: Maximum number of rows.

    Returns:
        The rows with the columns ``prediction`` and ``doubt``, from 0 to 1, in front.

    Raises:
        SettingsError: The model does not say how sure it is.
    """
    problem, target = predictor.problem, target_of(predictor.problem)
    doubt = _doubts(predictor, rows)
    order = np.argsort(-doubt, kind="stable")
    texts = [column.name for column in problem.features if column.role == "text" and column.name in rows]
    if texts:
        ranked = rows[texts].iloc[order].fillna("").astype(str).agg("\n".join, axis=1).tolist()
        order = order[np.sort(np.unique(near_copy_codes(ranked), return_index=True)[1])]
    order = order[:most]
    shown = rows.iloc[order].reset_index(drop=True)
    answers = predictor.predict(shown)
    shown = shown.drop(columns=[problem.target], errors="ignore")
    shown.insert(0, "doubt", doubt[order].round(4))
    shown.insert(0, "prediction", [target.text(one) for one in answers])
    return shown


def _doubts(predictor: Any, rows: pd.DataFrame) -> np.ndarray:
    """Return how unsure the model is of each row."""
    target, found = target_of(predictor.problem), [np.zeros(0)]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        unsure = target.unsure(np.asarray(predictor.predict_raw(rows.iloc[start : start + _ROWS_AT_ONCE])))
        if unsure is None:
            raise SettingsError("Models of this kind do not say how sure they are of each row.")
        found.append(unsure)
    return np.concatenate(found)
