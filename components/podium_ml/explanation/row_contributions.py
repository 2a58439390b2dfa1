"""Why the model makes its predictions for given rows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.shapley import FEWEST_WALKS, most_predictions, shapley_values, walks_for
from podium_ml.run.budget import Deadline

if TYPE_CHECKING:
    from podium_ml.kinds import Predictor

# Rows to explain together: more would only cost memory, fewer would waste work.
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
    class predicted for the row.

    Args:
        predictor: The model.
        df: Rows with the user's columns.
        background: Rows that represent the data; by default the sample stored in the model.
        seconds: Approximate time limit; even a very short one gives a rough answer.

    Returns:
        One row per row of ``df``, with the same index: the model's columns, then ``base`` (the mean prediction) and
        ``output``. If the model has columns with these names, the last two are ``base_`` and ``output_``.
    """
    model, deadline = ColumnModel(predictor), Deadline.after(seconds)
    base_rows = model.features(predictor.sample if background is None else background)
    # All parts get the same number of walks, so that all rows start from the same base.
    at_once = min(_ROWS_AT_ONCE, len(df))
    walks = walks_for(at_once, len(model.columns), most=most_predictions(model))
    parts = [
        _explain(model, df.iloc[at : at + _ROWS_AT_ONCE], base_rows, walks=walks, deadline=deadline)
        for at in range(0, max(1, len(df)), _ROWS_AT_ONCE)
    ]
    return pd.concat(parts)


def _explain(
    model: ColumnModel, df: pd.DataFrame, background: pd.DataFrame, *, walks: int, deadline: Deadline
) -> pd.DataFrame:
    if df.empty:
        names = [*model.columns, *_ends(model.columns)]
        return pd.DataFrame(columns=names, index=df.index, dtype=np.float64)
    found = shapley_values(
        model,
        model.features(df),
        background=background,
        walks=walks,
        seed=0,
        deadline=deadline,
        fewest=FEWEST_WALKS,
    )
    assert found is not None  # ``fewest`` walks are always finished
    codes = model.codes(found.output)
    table = pd.DataFrame(found.of_class(codes), columns=model.columns, index=df.index)
    ends = np.column_stack([found.base[codes], found.output[np.arange(len(df)), codes]])
    return pd.concat([table, pd.DataFrame(ends, columns=_ends(model.columns), index=df.index)], axis=1)


def _ends(columns: list[str]) -> list[str]:
    """Return names for the mean prediction and the prediction that do not clash with columns of the model.

    >>> _ends(["age", "base"])
    ['base_', 'output']
    """
    names = []
    for name in ("base", "output"):
        while name in columns:
            name += "_"
        names.append(name)
    return names
