"""Which unlabelled rows are most worth labelling: those that a model is least sure of (Lewis and Gale 1994)."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import SettingsError
from podium_ml.targets import target_of
from podium_ml.values.near_copies import near_copy_codes


def most_worth_labelling(predictor: Any, rows: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Return the rows that a model is least sure of, the least sure one first; of nearly equal texts the first alone.

    Args:
        predictor: A model of classes or of sets of labels.
        rows: Rows without labels.
        most: Maximum number of rows.

    Returns:
        The rows with the columns ``prediction`` and ``doubt``, from 0 to 1, in front.

    Raises:
        SettingsError: The model predicts no classes.
    """
    problem, target = predictor.problem, target_of(predictor.problem)
    if target.name not in ("labels", "label_sets"):
        raise SettingsError("Only models of classes and of labels say how sure they are of each row.")
    raw = np.asarray(predictor.predict_raw(rows))
    doubt = _doubts(raw, sets=target.name == "label_sets")
    order = np.argsort(-doubt, kind="stable")
    texts = [column.name for column in problem.features if column.role == "text" and column.name in rows]
    if texts:
        ranked = rows[texts].iloc[order].fillna("").astype(str).agg("\n".join, axis=1).tolist()
        order = order[np.sort(np.unique(near_copy_codes(ranked), return_index=True)[1])]
    order = order[:most]
    answers = target.decode(target.decide(raw[order], predictor.threshold), problem)
    shown = rows.iloc[order].reset_index(drop=True).drop(columns=[problem.target], errors="ignore")
    shown.insert(0, "doubt", doubt[order].round(4))
    shown.insert(0, "prediction", [target.text(one) for one in answers])
    return shown


def _doubts(raw: np.ndarray, *, sets: bool) -> np.ndarray:
    """Return how unsure each prediction is: 1 if two classes are equally likely, or a label is as likely as not."""
    if sets:
        return 1 - np.abs(2 * raw - 1).min(axis=1)
    best = np.sort(raw, axis=1)
    return 1 - (best[:, -1] - best[:, -2])
