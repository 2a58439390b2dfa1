"""Explains a model by the columns that it uses; the others cost no time, and have no importance."""

import copy
from dataclasses import replace

import pandas as pd

from podium_ml.contracts import ColumnImportance, Explanation
from podium_ml.explanation.explain import explain
from podium_ml.models.used_columns import used_columns
from podium_ml.run.budget import Deadline
from podium_ml.tabular.predictor import Predictor


def explain_used_columns(
    predictor: Predictor, *, train: pd.DataFrame, test: pd.DataFrame, deadline: Deadline
) -> Explanation:
    """Return what ``explain`` does. Columns that the model does not use have an importance of 0.

    Args:
        predictor: The model.
        train: Raw training rows.
        test: Raw test rows.
        deadline: When to finish.
    """
    used = used_columns(predictor.model)
    known = predictor.featurizer.schema.sources
    if not used or len(used) == len(known):
        return explain(predictor, train=train, test=test, deadline=deadline)
    part = copy.copy(predictor)
    part.featurizer = predictor.featurizer.of_columns(used)
    found = explain(part, train=train, test=test, deadline=deadline)
    shap = 0.0 if any(one.shap is not None for one in found.columns) else None
    unused = [ColumnImportance(name, 0.0, 0.0, shap) for name in known if name not in used]
    order = sorted((*found.columns, *unused), key=lambda one: (-one.importance, one.column))
    return replace(found, columns=tuple(order))
