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
from podium_ml.explanation.labelled_rows import LabelledRows, row_weights, shares
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.explanation.shapley import (
    ENOUGH_WALKS,
    applies_tree,
    most_predictions,
    rows_for_trees,
    shapley_values,
    walks_for,
)
from podium_ml.explanation.shapley_values import ShapleyValues
from podium_ml.run.budget import Deadline

_MAX_ROWS = 150
_MIN_SCANNED = 30
# Walks per row to plan for, and fewer for the sake of enough rows to average.
_WALKS, _FEWER_WALKS, _ENOUGH_ROWS = 32, 8, 40
# Share of the affordable predictions to plan for.
_PLANNED = 0.6
# Minimum and maximum number of rows to predict between two checks of the clock.
_AT_ONCE = (50, 20_000)
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
        rows: Number of rows that the mean absolute values are taken over.
        walks: Number of sampled column orders per row.
    """

    columns: tuple[ColumnImportance, ...]
    examples: tuple[RowExplanation, ...] = ()
    beeswarm: tuple[dict[str, Any], ...] = ()
    method: str = ""
    rows: int = 0
    walks: int = 0


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
    background = model.features(_background(model, train, most))
    budget = min(_PLANNED * affordable, most_predictions(model))
    chosen = _choose_rows(model, rows, affordable=affordable, budget=budget, deadline=deadline)
    found = shapley_values(
        model,
        chosen.rows.X,
        background=background,
        walks=walks_for(len(chosen.rows), len(model.columns), most=budget),
        seed=seed,
        deadline=deadline,
        # Calls must not dominate the time.
        at_once=int(np.clip(max(affordable / 8, 4 * speed.per_call / speed.per_row), *_AT_ONCE)),
    )
    if found is None:
        return Attribution(tuple(ranked))
    return _show(model, chosen, found, ranked)


def _background(model: ColumnModel, train: pd.DataFrame, most: int) -> pd.DataFrame:
    """Draw training rows, heavy ones more often, so that their mean prediction is the weighted one."""
    weight = shares(row_weights(train, model.problem.weight_column), len(train))
    rng = np.random.default_rng(model.problem.seed)
    n = min(most, int((weight > 0).sum()))
    return train.iloc[np.sort(rng.choice(len(train), n, replace=False, p=weight))]


@dataclass(frozen=True)
class _Chosen:
    """Rows to explain: the examples first, then a sample that represents all rows."""

    rows: LabelledRows
    examples: list[Example]

    @property
    def represents(self) -> np.ndarray:
        """Weights for averages, which sum to 1: the examples are extreme, so they only count if nothing else does."""
        weight = self.rows.shares.copy()
        if len(weight) > len(self.examples):
            weight[: len(self.examples)] = 0
        return shares(weight, len(weight))


def _choose_rows(
    model: ColumnModel, rows: LabelledRows, *, affordable: float, budget: float, deadline: Deadline
) -> _Chosen:
    """Choose the rows to explain: the examples first, then a stratified sample."""
    seed = model.problem.seed
    scanned = rows.few(max(_MIN_SCANNED, int(min(affordable / 8, len(rows)))), seed=seed)
    examples = choose_examples(model, scanned.y, model.predict(scanned.X))
    per_walk = budget / len(model.columns)
    most: float = max(per_walk / _WALKS, min(per_walk / _FEWER_WALKS, _ENOUGH_ROWS))
    if per_walk < ENOUGH_WALKS * len(examples) and applies_tree(model, deadline):
        most = rows_for_trees(model)
    n_rows = int(np.clip(most, len(examples), _MAX_ROWS)) - len(examples)
    first = scanned.take(np.array([one.row for one in examples], dtype=int))
    return _Chosen(first.joined(scanned.few(n_rows, seed=seed)) if n_rows else first, examples)


def _show(
    model: ColumnModel, chosen: _Chosen, found: ShapleyValues, ranked: Sequence[ColumnImportance]
) -> Attribution:
    codes = model.codes(found.output)
    weight = chosen.represents
    means = weight @ np.abs(found.of_class(codes))
    sizes = dict(zip(model.columns, means.tolist(), strict=True))
    order = np.argsort([-sizes[column] for column in model.columns], kind="stable")
    return Attribution(
        columns=tuple(replace(one, shap=sizes[one.column]) for one in ranked),
        examples=tuple(
            _explain_row(model, chosen.rows, at, title=example.title, found=found, code=int(codes[at]))
            for at, example in enumerate(chosen.examples)
        ),
        beeswarm=beeswarm(model, chosen.rows.X, found, order=order),
        method=found.method,
        rows=int((weight > 0).sum()),
        walks=found.walks,
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
