"""The complete explanation of a model: every part in every run, on as many rows as there is time for."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from podium_ml.contracts import Explanation, GroupImportance, PartialDependence
from podium_ml.explanation.attribution import Attribution, attribute
from podium_ml.explanation.column_groups import related_columns
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows, read_rows
from podium_ml.explanation.measured_importance import MeasuredImportance, measure_importance
from podium_ml.explanation.partial_dependence import MOST_POINTS, outputs_to_show, partial_dependence
from podium_ml.explanation.permutation_importance import permutation_losses
from podium_ml.explanation.prediction_speed import PredictionSpeed, measure_speed
from podium_ml.explanation.stand_in import StandIn, stand_in_for
from podium_ml.run.budget import Deadline

if TYPE_CHECKING:
    from podium_ml.kinds import Predictor

_MAX_ROWS = 2000
_DEPENDENCE_COLUMNS = 6
_DEPENDENCE_ROWS, _GOOD_DEPENDENCE_ROWS, _MIN_DEPENDENCE_ROWS = 500, 60, 15
_MAX_GROUPS = 12
# Share of the time that importance may take if it must.
_LATEST = 0.8
# Shares of the remaining time: first for importance, then for partial dependence, then for groups. Shapley values are
# sampled until the end.
_IMPORTANCE_SHARE, _DEPENDENCE_SHARE, _GROUPS_SHARE = 0.4, 0.4, 0.2

T = TypeVar("T")


def explain(
    predictor: "Predictor", *, train: pd.DataFrame, test: pd.DataFrame, deadline: Deadline
) -> Explanation:
    """Explain a model in the user's columns: importance, partial dependence, groups, Shapley values.

    Every column gets an importance, however slow the model and short the time. A part that fails leaves a note.

    Args:
        predictor: The model.
        train: Raw training rows.
        test: Raw test rows; if there are none, the training rows are explained.
        deadline: When to finish.
    """
    model = ColumnModel(predictor)
    rows = _rows(model, train, test)
    speed = measure_speed(model, rows.X, deadline=deadline)
    stand_in = stand_in_for(model, train, speed=speed, deadline=deadline)
    if stand_in:
        model = stand_in.model
        speed = measure_speed(model, rows.X, deadline=deadline)
    work = _Work(model, rows)
    measured = measure_importance(
        model, rows, speed=speed, deadline=deadline.share(_IMPORTANCE_SHARE), latest=deadline.share(_LATEST)
    )
    dependence: tuple[PartialDependence, ...] = work.part(
        "partial dependence",
        lambda: _dependence(work, measured, speed=speed, deadline=deadline.share(_DEPENDENCE_SHARE)),
        (),
    )
    groups: tuple[GroupImportance, ...] = work.part(
        "groups of columns",
        lambda: _groups(work, measured, speed=speed, deadline=deadline.share(_GROUPS_SHARE)),
        (),
    )
    attribution = work.part(
        "individual predictions",
        lambda: attribute(
            model,
            rows,
            train=train,
            ranked=measured.columns,
            speed=speed,
            deadline=deadline,
        ),
        Attribution(measured.columns),
    )
    return Explanation(
        model=predictor.name,
        metric=measured.metric.name,
        rows=measured.rows,
        columns=attribution.columns,
        partial_dependence=dependence,
        # The examples would show predictions of the stand-in.
        examples=() if stand_in else attribution.examples,
        shap_method=attribution.method,
        beeswarm=attribution.beeswarm,
        notes=tuple(_notes(work, stand_in, measured, attribution, dependence)),
        importance_kind="stand_in" if stand_in and measured.has_scores else measured.kind,
        repeats=measured.repeats,
        groups=groups,
        shap_rows=attribution.rows,
        shap_walks=attribution.walks,
    )


@dataclass(frozen=True)
class _Work:
    """What the parts of an explanation share.

    Attributes:
        model: The model.
        rows: Rows to explain.
        failures: A sentence on each part that failed.
    """

    model: ColumnModel
    rows: LabelledRows
    failures: list[str] = field(default_factory=list)

    def part(self, what: str, explain: Callable[[], T], otherwise: T) -> T:
        """Return one part of the explanation, or ``otherwise`` if it fails: the other parts must not be lost for it."""
        try:
            return explain()
        except Exception as error:
            traceback.print_exc()
            self.failures.append(f"Explaining {what} failed: {type(error).__name__}: {error}"[:300])
            return otherwise


def _rows(model: ColumnModel, train: pd.DataFrame, test: pd.DataFrame) -> LabelledRows:
    seed = model.problem.seed
    if len(test):
        rows = read_rows(model, test, are_test=True, most=_MAX_ROWS, seed=seed)
        if len(rows):
            return rows
    return read_rows(model, train, are_test=False, most=_MAX_ROWS, seed=seed)


def _dependence(
    work: _Work, measured: MeasuredImportance, *, speed: PredictionSpeed, deadline: Deadline
) -> tuple[PartialDependence, ...]:
    model = work.model
    columns, n_rows = _affordable_dependence(speed, deadline)
    if not columns:
        return ()
    few = work.rows.few(n_rows, seed=model.problem.seed)
    outputs = outputs_to_show(model, model.predict(few.X))
    found: list[PartialDependence] = []
    for one in measured.columns:
        if len(found) == columns or (found and deadline.passed()):
            break
        if dependence := partial_dependence(model, few, one.column, outputs=outputs):
            found.append(dependence)
    return tuple(found)


def _affordable_dependence(speed: PredictionSpeed, deadline: Deadline) -> tuple[int, int]:
    """Return how many columns there is time for, and on how many rows each; rather few columns than very few rows."""
    for least in (_GOOD_DEPENDENCE_ROWS, _MIN_DEPENDENCE_ROWS):
        for columns in range(_DEPENDENCE_COLUMNS, 0, -1):
            rows = speed.affordable(deadline, calls=columns + 1) / (columns * MOST_POINTS)
            if rows >= least:
                return columns, int(min(rows, _DEPENDENCE_ROWS))
    return 0, 0


def _groups(
    work: _Work, measured: MeasuredImportance, *, speed: PredictionSpeed, deadline: Deadline
) -> tuple[GroupImportance, ...]:
    """Measure groups of related columns, and all columns together that can be spared one at a time."""
    model = work.model
    if not measured.has_scores or deadline.passed():
        return ()
    # With very many columns, only the most important ones are compared.
    ranked = [model.columns.index(one.column) for one in measured.columns]
    related = related_columns(work.rows.X, [model.features_of[at] for at in ranked])
    blocks = [np.array(ranked)[group] for group in related[:_MAX_GROUPS]]
    spare = [model.columns.index(one.column) for one in measured.columns if one.importance <= 0]
    if len(spare) > 1:
        blocks.append(np.array(spare))
    if not blocks:
        return ()
    losses = permutation_losses(
        model,
        work.rows,
        blocks,
        metric=measured.metric,
        seed=model.problem.seed,
        speed=speed,
        deadline=deadline,
        latest=deadline,
    )
    found = [
        GroupImportance(
            "spare" if len(spare) > 1 and at == len(blocks) - 1 else "related",
            tuple(model.columns[column] for column in block),
            losses.mean(at),
            losses.std(at),
        )
        for at, block in enumerate(blocks)
        if losses.drops[at]
    ]
    return tuple(sorted(found, key=lambda one: (one.kind == "spare", -one.importance)))


def _notes(
    work: _Work,
    stand_in: StandIn | None,
    measured: MeasuredImportance,
    attribution: Attribution,
    dependence: tuple[PartialDependence, ...],
) -> list[str]:
    notes = [*measured.notes, *work.failures]
    if stand_in:
        notes.insert(0, stand_in.note)
    if not work.rows.are_test:
        notes.insert(0, "There is no test set, so this was measured on the training rows.")
    if not work.model.columns:
        notes.append("The model uses no columns.")
    elif not work.failures and not attribution.method:
        notes.append("There was not enough time to explain individual predictions.")
    if work.model.columns and not work.failures and not dependence:
        notes.append("Partial dependence is not shown: no column was suitable, or there was not enough time.")
    return notes
