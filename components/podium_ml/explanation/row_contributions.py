"""Why the model predicts what it does for given rows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.shapley import FEWEST_WALKS, shapley_values, walks_for
from podium_ml.run.budget import Deadline

if TYPE_CHECKING:
    from podium_ml.tabular.predictor import Predictor

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
        One row a row of ``df``, with its index; the model's columns, then ``base`` (the mean prediction) and
        ``output``. Where the model has columns of these names, the last two are ``base_`` and ``output_``.
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
        names = [*model.columns, *_ends(model.columns)]
        return pd.DataFrame(columns=names, index=df.index, dtype=np.float64)
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
    ends = np.column_stack([found.base[codes], found.output[np.arange(len(df)), codes]])
    return pd.concat([table, pd.DataFrame(ends, columns=_ends(model.columns), index=df.index)], axis=1)


def _ends(columns: list[str]) -> list[str]:
    """Name the mean prediction and the prediction, so that neither is called like a column of the model.

    >>> _ends(["age", "base"])
    ['base_', 'output']
    """
    names = []
    for name in ("base", "output"):
        while name in columns:
            name += "_"
        names.append(name)
    return names
