"""Shapley values of a sample of rows, and what is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import ColumnImportance, RowExplanation
from podium_ml.explanation.beeswarm import beeswarm
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.example_rows import Example, choose_classified, choose_valued
from podium_ml.explanation.labelled_rows import LabelledRows, sample
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.explanation.shapley import (
    MOST_PREDICTIONS,
    applies_tree,
    rows_for_trees,
    shapley_values,
    walks_for,
)
from podium_ml.explanation.shapley_values import ShapleyValues
from podium_ml.run.budget import Deadline

_MOST_ROWS = 150
_FEWEST_LOOKED_AT = 30
# Walks that each row should have at least, if it is sampled.
_WALKS = 6
# Least and most rows to predict between two looks at the clock.
_AT_ONCE = (50, 1000)
# Calls of the model that it takes at least.
_CALLS = 4
_BACKGROUND_ROWS, _FEWEST_BACKGROUND_ROWS = 100, 8
_MOST_CONTRIBUTIONS = 12
_MOST_TEXT = 120


@dataclass(frozen=True)
class Attribution:
    """What Shapley values tell of a model.

    Attributes:
        columns: The importances given, with their mean absolute Shapley values.
        examples: A few rows explained.
        beeswarm: Data of the chart.
        method: How the values were computed; empty if time did not suffice.
    """

    columns: tuple[ColumnImportance, ...]
    examples: tuple[RowExplanation, ...] = ()
    beeswarm: tuple[dict[str, Any], ...] = ()
    method: str = ""


def attribute(
    model: ColumnModel,
    rows: LabelledRows,
    *,
    train: pd.DataFrame,
    ranked: Sequence[ColumnImportance],
    speed: PredictionSpeed,
    deadline: Deadline,
) -> Attribution:
    """Explain a few rows worth a look and a random sample of others.

    Args:
        model: The model.
        rows: Rows to choose from.
        train: Raw training rows, some of which become the background.
        ranked: Permutation importances, largest first.
        speed: How fast the model is.
        deadline: When to be done.
    """
    seed = model.problem.seed
    if not model.columns or deadline.passed():
        return Attribution(tuple(ranked))
    affordable = speed.affordable(deadline, calls=_CALLS)
    most = int(np.clip(affordable / 8, _FEWEST_BACKGROUND_ROWS, _BACKGROUND_ROWS))
    background = model.features(train.iloc[sample(np.arange(len(train)), most, seed=seed)])
    explained, examples = _choose_rows(model, rows, affordable=affordable, deadline=deadline)
    found = shapley_values(
        model,
        explained.X,
        background=background,
        walks=walks_for(len(explained), len(model.columns)),
        seed=seed,
        deadline=deadline,
        at_once=int(np.clip(affordable / 8, *_AT_ONCE)),
    )
    if found is None:
        return Attribution(tuple(ranked))
    return _show(model, explained, examples, found, ranked)


def _choose_rows(
    model: ColumnModel, rows: LabelledRows, *, affordable: float, deadline: Deadline
) -> tuple[LabelledRows, list[Example]]:
    """Choose the rows to explain: the examples first, then a random sample."""
    seed, every = model.problem.seed, np.arange(len(rows))
    most_looked_at = max(_FEWEST_LOOKED_AT, int(min(affordable / 8, len(rows))))
    looked_at = rows.take(sample(every, most_looked_at, seed=seed))
    predictions = model.predict(looked_at.X)
    if model.problem.is_classification:
        examples = choose_classified(looked_at.y, model.codes(predictions), predictions)
    else:
        examples = choose_valued(looked_at.y, predictions[:, 0])
    if applies_tree(model, deadline):
        most: float = rows_for_trees(model)
    else:
        most = min(MOST_PREDICTIONS, 0.6 * affordable) / (_WALKS * len(model.columns))
    n_rows = int(np.clip(most, len(examples), _MOST_ROWS))
    some = sample(np.arange(len(looked_at)), n_rows - len(examples), seed=seed)
    return looked_at.take(np.array([*(one.row for one in examples), *some], dtype=int)), examples


def _show(
    model: ColumnModel,
    rows: LabelledRows,
    examples: list[Example],
    found: ShapleyValues,
    ranked: Sequence[ColumnImportance],
) -> Attribution:
    codes = model.codes(found.output)
    values = found.of_class(codes)
    sizes = dict(zip(model.columns, np.abs(values).mean(axis=0).tolist(), strict=True))
    order = np.argsort([-sizes[column] for column in model.columns], kind="stable")
    return Attribution(
        columns=tuple(replace(one, shap=sizes[one.column]) for one in ranked),
        examples=tuple(
            _explain_row(model, rows, at, title=example.title, found=found, code=int(codes[at]))
            for at, example in enumerate(examples)
        ),
        beeswarm=beeswarm(model, rows.X, found, order=order),
        method=found.method,
    )


def _explain_row(
    model: ColumnModel, rows: LabelledRows, at: int, *, title: str, found: ShapleyValues, code: int
) -> RowExplanation:
    pairs = zip(model.columns, found.values[at, :, code].tolist(), strict=True)
    strongest = sorted(pairs, key=lambda pair: (-abs(pair[1]), pair[0]))[:_MOST_CONTRIBUTIONS]
    output = float(found.output[at, code])
    return RowExplanation(
        row=int(rows.position[at]),
        prediction=_shown(model, code, output),
        base=float(found.base[code]),
        output=output,
        contributions=tuple(strongest),
        inputs={column: _text(rows.table[column].iloc[at]) for column, _ in strongest},
        title=title,
        truth=_shown(model, int(rows.y[at]), float(rows.y[at])),
    )


def _shown(model: ColumnModel, code: int, value: float) -> str:
    return str(model.problem.classes[code]) if model.problem.is_classification else f"{value:,.6g}"


def _text(cell: Any) -> str:
    if not isinstance(cell, list | np.ndarray | dict) and pd.isna(cell):
        return ""
    text = f"{cell:.6g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
