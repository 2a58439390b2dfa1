"""Why the model predicts what it does for given rows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from podium_ml.budget import Deadline
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.shapley import FEWEST_WALKS, shapley_values, walks_for

if TYPE_CHECKING:
    from podium_ml.predictor import Predictor

# Rows explained together: more would only cost memory, fewer would waste work.
_ROWS_AT_ONCE = 200


def contributions(
    predictor: "Predictor",
    df: pd.DataFrame,
    *,
    background: pd.DataFrame | None = None,
    seconds: float | None = None,
) -> pd.DataFrame:
    """Return what each column contributed to the prediction of each row.

    The contributions of a row and ``base`` add up to ``output``. For classification they explain the probability of the
    class that is predicted for the row.

    Args:
        predictor: The model.
        df: Rows with the user's columns.
        background: Rows that stand for the data at large; by default the sample that the model carries.
        seconds: How long it may take, roughly; a rough answer is always given.

    Returns:
        One row a row of ``df``, with its index; the model's columns, ``base`` (the mean prediction) and ``output``.
    """
    model, deadline = ColumnModel(predictor), Deadline.after(seconds)
    base_rows = model.features(predictor.sample if background is None else background)
    parts = [
        _explain(model, df.iloc[at : at + _ROWS_AT_ONCE], base_rows, deadline)
        for at in range(0, max(1, len(df)), _ROWS_AT_ONCE)
    ]
    return pd.concat(parts)


def _explain(
    model: ColumnModel, df: pd.DataFrame, background: pd.DataFrame, deadline: Deadline
) -> pd.DataFrame:
    if df.empty:
        return pd.DataFrame(columns=[*model.columns, "base", "output"], index=df.index, dtype=np.float64)
    # As many walks for every part, so that all rows start from the same base.
    walks = walks_for(_ROWS_AT_ONCE, len(model.columns))
    found = shapley_values(
        model,
        model.features(df),
        background=background,
        walks=walks,
        seed=0,
        deadline=deadline,
        fewest=FEWEST_WALKS,
    )
    assert found is not None  # some walks are always finished
    codes = model.codes(found.output)
    table = pd.DataFrame(found.of_class(codes), columns=model.columns, index=df.index)
    ends = {"base": found.base[codes], "output": found.output[np.arange(len(df)), codes]}
    return pd.concat([table, pd.DataFrame(ends, index=df.index)], axis=1)
