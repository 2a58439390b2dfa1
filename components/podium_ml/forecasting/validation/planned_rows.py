"""Rows of the future that come with the data: those after the last value of their series."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Reading
from podium_ml.errors import DataError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import Panel
from podium_ml.forecasting.panel.series_ids import SeriesIds, same_series, series_labels
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.ingestion.read import read_frame
from podium_ml.settings import ForecastingProblem
from podium_ml.values.plain_text import plain_text

# More values are not kept with the model.
_MOST_VALUES = 2_000_000


@dataclass(frozen=True)
class Planned:
    """Rows of the future.

    Attributes:
        rows: ``SERIES``, ``STEP``, and the columns that are known in advance or static.
        labels: Labels of all series; those without any history come last.
    """

    rows: pd.DataFrame
    labels: tuple[tuple[str, ...], ...]


def find_plan(
    unlabelled: pd.DataFrame,
    panel: Panel,
    settings: ForecastingProblem,
    *,
    static: tuple[str, ...],
    readings: Mapping[str, Reading],
) -> Planned:
    """Return the future rows of the data, and those of the plan that the user named, which count first.

    Args:
        unlabelled: Rows without a value of the target.
        panel: The rows with one.
        settings: What the user asked for.
        static: Columns that never change within a series.
        readings: How the columns of the data were read, by name.

    Raises:
        DataError: A column is missing in the plan, a time of it cannot be read, or all of it has passed.
    """
    columns = settings.time_column, settings.known_columns, static
    if not settings.future:
        return planned_rows(unlabelled, panel, *columns)
    rows = _read_plan(panel, settings, readings)
    both = [rows, unlabelled.drop(columns=settings.target)]
    found = planned_rows(pd.concat(both, ignore_index=True), panel, *columns)
    if not len(found.rows):
        end = panel.stamps(panel.last_steps.max(keepdims=True))[0]
        raise DataError(f"future: no row of the plan is after the data, which end at {end}.")
    return found


def _read_plan(panel: Panel, settings: ForecastingProblem, readings: Mapping[str, Reading]) -> pd.DataFrame:
    """Return the rows of the plan that the user named, read like those of the data, for every series."""
    name, ids = settings.time_column, panel.ids.columns
    hints = ColumnHints(written=frozenset((name, *ids)), readings=readings, kind="forecasting")
    rows = read_frame(settings.future, hints=hints)
    needed = [name, *settings.known_columns, *(ids if any(one in rows for one in ids) else ())]
    if missing := [one for one in needed if one not in rows]:
        names = ", ".join(f"'{one}'" for one in missing)
        raise DataError(f"future: the plan has no column {names}.", f"Columns: {', '.join(map(str, rows))}.")
    unread = np.isnat(panel.format.read(rows[name])) & rows[name].notna().to_numpy()
    if unread.any():
        row = int(unread.argmax())
        raise DataError(
            f"future: row {row + 1} of the plan holds '{rows[name].iloc[row]}' in column '{name}', "
            "which is no time as the data write it."
        )
    return for_all_series(rows, panel.ids)


def planned_rows(
    rows: pd.DataFrame, panel: Panel, time_column: str, known: tuple[str, ...], static: tuple[str, ...] = ()
) -> Planned:
    """Return the rows that are a plan.

    Args:
        rows: Rows without a value of the target.
        panel: The rows with one.
        time_column: The column of times.
        known: Columns that are known in advance; rows that lack one of them are no plan.
        static: Columns that never change within a series.
    """
    labels, columns = panel.ids.labels, [SERIES, STEP, *known, *static]
    if not len(rows) or any(name not in rows for name in (time_column, *panel.ids.columns, *known)):
        return Planned(pd.DataFrame(columns=columns), labels)
    moments = panel.format.read(rows[time_column])
    read = ~np.isnat(moments)
    rows, moments = rows[read].reset_index(drop=True), moments[read]
    codes, labels = codes_of(rows, panel.ids)
    steps = panel.calendar.steps(moments)
    last = np.full(len(labels), np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.steps)
    last[len(panel.ids.labels) :] = panel.steps.max()  # a series without history begins after the others
    found = rows.reindex(columns=[*known, *static]).assign(**{SERIES: codes, STEP: steps})[
        steps > last[codes]
    ]
    found = found[columns].drop_duplicates([SERIES, STEP]).sort_values([SERIES, STEP]).reset_index(drop=True)
    return Planned(found, labels)


def planned_series(plan: pd.DataFrame, going_on: np.ndarray) -> np.ndarray:
    """Return the codes of series whose stamps come from a plan; none if most series that go on have no planned rows.

    Empty values at the end of a few series are missing ones rather than a plan.

    Args:
        plan: Rows with ``SERIES``.
        going_on: Codes of the series that go on.
    """
    planned = np.unique(plan[SERIES].to_numpy(dtype=np.int64))
    return planned if 2 * len(np.intersect1d(planned, going_on)) >= len(going_on) else planned[:0]


def missing_ends(plan: pd.DataFrame, ends: np.ndarray) -> pd.DataFrame:
    """Return the rows that a plan lacks at the end of series: ``SERIES`` and ``STEP``, at stamps that others have.

    The plan of such a series ends earlier than others, and after fewer steps. Series that lack stamps in between too
    are planned at stamps of their own, such as the days on which a shop is open.

    Args:
        plan: Rows with ``SERIES`` and ``STEP``, each once.
        ends: Last step of each series before its plan, by code.
    """
    rows = plan[[SERIES, STEP]].astype(np.int64)
    steps = np.unique(rows[STEP])
    spans = rows.groupby(SERIES)[STEP].agg(["min", "max", "size"])
    codes, last = spans.index.to_numpy(), spans["max"].to_numpy()
    ahead = int((last - ends[codes]).max(initial=0))
    wanted = np.minimum(last.max(initial=0), ends[codes] + ahead)
    between = np.searchsorted(steps, last, "right") - np.searchsorted(steps, spans["min"])
    early = (last < wanted) & (spans["size"] == between).to_numpy()
    lacking = pd.DataFrame(
        {SERIES: np.repeat(codes[early], len(steps)), STEP: np.tile(steps, int(early.sum()))}
    )
    after, until = (np.repeat(one[early], len(steps)) for one in (last, wanted))
    return lacking[(lacking[STEP] > after) & (lacking[STEP] <= until)].reset_index(drop=True)


def plan_hole(plan: Planned, panel: Panel, settings: ForecastingProblem) -> str:
    """Say which value of a plan is missing although no row of the data lacks one; empty if none is.

    Args:
        plan: The plan.
        panel: The rows of the past.
        settings: What the user asked for.
    """
    for name in settings.known_columns:
        missing = plan.rows[name].isna().to_numpy()
        if missing.any() and not panel.table[name].isna().any():
            place = _place(plan.rows[missing], plan, panel)
            return f"It has no value of '{name}'{place}; {int(missing.sum()):,} of its values are missing."
    lacking = _missing_ends(plan, panel, settings)
    if not settings.known_columns or not len(lacking):
        return ""
    rows = "this row is" if len(lacking) == 1 else f"{len(lacking):,} rows at the ends of series are"
    return f"It has no row{_place(lacking, plan, panel)}; {rows} missing."


def _missing_ends(plan: Planned, panel: Panel, settings: ForecastingProblem) -> pd.DataFrame:
    newest = int(panel.steps.max())
    going_on = panel.last_steps >= newest - settings.horizon - settings.gap
    ends = np.full(len(plan.labels), newest)
    ends[: len(going_on)] = np.where(going_on, panel.last_steps, newest)
    planned = planned_series(plan.rows, np.flatnonzero(going_on))
    return missing_ends(plan.rows[plan.rows[SERIES].isin(planned)], ends)


def _place(rows: pd.DataFrame, plan: Planned, panel: Panel) -> str:
    """Return the series and the stamp of the first of some rows, for a message."""
    first = rows.iloc[0]
    label = ", ".join(plan.labels[int(first[SERIES])])
    series = f" for series '{label}'" if label else ""
    return f"{series} at {panel.stamps(np.array([int(first[STEP])]))[0]}"


def codes_of(rows: pd.DataFrame, ids: SeriesIds) -> tuple[np.ndarray, tuple[tuple[str, ...], ...]]:
    """Return the code of the series of each row, and the labels of all series; new ones get the next codes."""
    if not ids.columns:
        return np.zeros(len(rows), dtype=np.int64), ids.labels
    codes, own = series_labels(rows, ids.columns)
    known = {same_series(label): code for code, label in enumerate(ids.labels)}
    new = [label for label in own if same_series(label) not in known]
    known.update({same_series(label): len(ids.labels) + at for at, label in enumerate(new)})
    return np.array([known[same_series(label)] for label in own], dtype=np.int64)[codes], (*ids.labels, *new)


def for_all_series(plan: pd.DataFrame, ids: SeriesIds) -> pd.DataFrame:
    """Return a plan with a row for each series, if it has no column of series and so holds for all of them."""
    if not ids.columns or any(name in plan for name in ids.columns):
        return plan
    return pd.DataFrame(list(ids.labels), columns=list(ids.columns)).merge(plan, how="cross")


def kept(plan: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a plan as JSON has it; empty if it is too large to keep."""
    if not len(plan) or plan.size > _MOST_VALUES:
        return {}
    return {str(name): plain_values(plan[name]) for name in plan.columns}


def plain_values(column: pd.Series) -> list[Any]:
    """Return values as JSON has them: numbers and truth values, ``None`` for missing ones, else texts."""
    kept = (bool, int, float, str)
    values = column.astype(object).where(column.notna(), None).tolist()
    return [one if one is None or isinstance(one, kept) else plain_text(one) for one in values]
