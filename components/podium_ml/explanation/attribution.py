"""Shapley values of a sample of rows, summarized for reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import ColumnImportance, RowExplanation
from podium_ml.explanation.beeswarm import beeswarm
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.example_rows import Example, choose_examples
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

_MAX_ROWS = 150
_MIN_SCANNED = 30
# Minimum number of walks per row when sampling.
_WALKS = 6
# Minimum and maximum number of rows to predict between two checks of the clock.
_AT_ONCE = (50, 1000)
# Minimum number of model calls.
_CALLS = 4
_BACKGROUND_ROWS, _MIN_BACKGROUND_ROWS = 100, 8
_MAX_CONTRIBUTIONS = 12
_MAX_TEXT = 120


@dataclass(frozen=True)
class Attribution:
    """Summary of a model's Shapley values.

    Attributes:
        columns: The given importances, with mean absolute Shapley values added.
        examples: A few explained rows.
        beeswarm: Data of the chart.
        method: How the values were computed; empty if there was not enough time.
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
    """Explain a few interesting rows and a random sample of others.

    Args:
        model: The model.
        rows: Rows to choose from.
        train: Raw training rows, some of which become the background.
        ranked: Permutation importances, largest first.
        speed: Prediction speed of the model.
        deadline: When to finish.
    """
    seed = model.problem.seed
    if not model.columns or deadline.passed():
        return Attribution(tuple(ranked))
    affordable = speed.affordable(deadline, calls=_CALLS)
    most = int(np.clip(affordable / 8, _MIN_BACKGROUND_ROWS, _BACKGROUND_ROWS))
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
    most_scanned = max(_MIN_SCANNED, int(min(affordable / 8, len(rows))))
    scanned = rows.take(sample(every, most_scanned, seed=seed))
    predictions = model.predict(scanned.X)
    examples = choose_examples(model, scanned.y, predictions)
    if applies_tree(model, deadline):
        most: float = rows_for_trees(model)
    else:
        most = min(MOST_PREDICTIONS, 0.6 * affordable) / (_WALKS * len(model.columns))
    n_rows = int(np.clip(most, len(examples), _MAX_ROWS))
    some = sample(np.arange(len(scanned)), n_rows - len(examples), seed=seed)
    return scanned.take(np.array([*(one.row for one in examples), *some], dtype=int)), examples


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
    strongest = sorted(pairs, key=lambda pair: (-abs(pair[1]), pair[0]))[:_MAX_CONTRIBUTIONS]
    output = float(found.output[at, code])
    return RowExplanation(
        row=int(rows.position[at]),
        prediction=model.show(model.decisions(found.output[at : at + 1])[0]),
        base=float(found.base[code]),
        output=output,
        contributions=tuple(strongest),
        inputs={column: _text(rows.table[column].iloc[at]) for column, _ in strongest},
        title=title,
        truth=model.show(rows.y[at]),
    )


def _text(cell: Any) -> str:
    if not isinstance(cell, list | np.ndarray | dict) and pd.isna(cell):
        return ""
    text = f"{cell:.6g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
