"""Infers a forecasting problem from a table and the user's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile, Problem, Profile, Reading, SeriesTask
from podium_ml.contracts.problem import Role
from podium_ml.errors import DataError
from podium_ml.forecasting.guardrails import run_guardrails
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.holidays import find_holidays
from podium_ml.forecasting.panel.aliases import calendar_of
from podium_ml.forecasting.panel.changes import changes_within
from podium_ml.forecasting.panel.closed_days import closed_days, with_closed_days
from podium_ml.forecasting.panel.fill import fill_panel
from podium_ml.forecasting.panel.panel import Panel, make_panel
from podium_ml.forecasting.panel.stamps import StampFormat
from podium_ml.forecasting.targets.future_values import ROOT_SCALE_COLUMN, SCALE_COLUMN
from podium_ml.forecasting.validation.checks import check_columns
from podium_ml.forecasting.validation.context import Context
from podium_ml.forecasting.validation.labelled import check_weights, labelled_rows
from podium_ml.forecasting.validation.planned_rows import Planned, find_plan, kept, plain_values, plan_hole
from podium_ml.forecasting.validation.scales import naive_scales
from podium_ml.forecasting.validation.sums import with_planned_sums, with_sums
from podium_ml.kinds import InferredProblem
from podium_ml.metrics import resolve_metric
from podium_ml.settings import ForecastingProblem
from podium_ml.splits.rolling import steps_before_end

# Models learn from at least so many steps before the horizons that they are compared on.
_FEWEST_BEFORE = 3
# They are compared on at most so many horizons, by the number of rows.
_MOST_PAST = 20
# All series have the same windows if this share of them reaches the last horizon.
_REACH_THE_END = 0.5
_MOST_WINDOWS = ((200_000, 5), (2_000_000, 3))


@dataclass(frozen=True)
class _Split:
    """Rows to learn from and rows of the test, the number of windows before it, and their common end, if any."""

    train: np.ndarray
    test: np.ndarray
    windows: int
    end: int | None


def infer_problem(
    table: pd.DataFrame,
    settings: ForecastingProblem,
    *,
    readings: Mapping[str, Reading] | None = None,
    fingerprint: str = "",
) -> InferredProblem:
    """Read the series, check them, and set the last horizons aside; see ``Kind.infer_problem``.

    Raises:
        DataError: The series cannot be forecast.
        SettingsError: A setting does not fit the data.
    """
    check_columns(list(map(str, table.columns)), settings)
    labelled, unlabelled = labelled_rows(table, settings)
    check_weights(labelled, settings)
    calendar = None
    if settings.frequency:
        column = labelled[settings.time_column]
        calendar = calendar_of(settings.frequency, StampFormat.plan(column).read(column))
    panel = make_panel(
        labelled,
        time_column=settings.time_column,
        series_columns=settings.series_columns,
        target=settings.target,
        aggregate=settings.aggregate,
        calendar=calendar,
    )
    static = _static_columns(panel, settings)
    found, closed = panel, _closed_days(panel, settings)
    panel = with_closed_days(panel, closed, settings.target, settings.time_column)
    panel = fill_panel(panel, settings.fill, settings.target, settings.time_column)
    panel = with_sums(panel, settings)
    plan = find_plan(unlabelled, panel, settings, static=static, readings=readings or {})
    plan = with_planned_sums(plan)
    split = _split(panel, settings)
    rows = panel.table.assign(**{SERIES: panel.series, STEP: panel.steps})
    values = panel.table[settings.target].to_numpy(dtype=np.float64)
    for scale, power in ((SCALE_COLUMN, 1), (ROOT_SCALE_COLUMN, 2)):
        scales = naive_scales(panel, values, split.train, _season(panel, settings), power=power)
        rows[scale] = scales[panel.series]
    train, test = (rows.iloc[part].reset_index(drop=True) for part in (split.train, split.test))
    problem = _problem(panel, settings, split, plan, readings or {}, fingerprint)
    context = _context(found, problem, settings, len(unlabelled), len(plan.rows))
    hole = plan_hole(plan, found, settings)
    results = run_guardrails(replace(context, closed_days=closed, plan_hole=hole))
    profile = Profile(len(train), _profiles(train, problem), int(train.memory_usage(deep=True).sum()))
    return InferredProblem(problem, train, test, profile, results)


def _closed_days(panel: Panel, settings: ForecastingProblem) -> np.ndarray:
    """Return the closed days of each series, none if the user says what a missing row means."""
    if settings.fill:
        return np.zeros((len(panel.ids.labels), 7), dtype=bool)
    return closed_days(panel, panel.table[settings.target].to_numpy(dtype=np.float64))


def _context(
    panel: Panel, problem: Problem, settings: ForecastingProblem, unlabelled: int, planned: int
) -> Context:
    assert problem.series is not None
    return Context(
        panel,
        settings,
        season=problem.series.season,
        windows=problem.series.windows,
        tested=problem.n_test,
        end=problem.series.end,
        static=problem.series.static,
        unlabelled=max(0, unlabelled - planned),
        planned=planned,
        keeps_plan=bool(problem.series.plan) or not planned,
    )


def _split(panel: Panel, settings: ForecastingProblem) -> _Split:
    """Set the last horizons aside of series that are long enough, and say how many more there are before."""
    horizon, lengths = settings.horizon, panel.lengths
    longest = int(lengths.max())
    if longest < horizon + 2:
        _refuse_horizon(panel, settings)
    tested = settings.test_windows if longest >= (settings.test_windows + 1) * horizon + _FEWEST_BEFORE else 0
    used = lengths >= min(longest, horizon + _FEWEST_BEFORE)
    end = _common_end(panel, settings, used, tested)
    place = steps_before_end(end, panel.series, panel.steps)
    held_out = _held_out(panel, settings, place, tested)
    aside = held_out & (place < tested * horizon)
    left = int(np.median(lengths[used & _reach(panel, end, horizon)])) - tested * horizon
    season = _season(panel, settings)
    left -= settings.gap * (2 if tested else 1)
    free = left - max(_FEWEST_BEFORE, min(season + 1, left // 2)) - horizon
    step = settings.window_step or horizon
    if settings.windows:
        windows = min(settings.windows, 1 + max(0, left - _FEWEST_BEFORE - horizon) // step)
    else:
        windows = int(np.clip(1 + free // step, 1, _most_windows(len(panel.table))))
    return _Split(np.flatnonzero(~held_out), np.flatnonzero(aside), windows, end)


def _held_out(panel: Panel, settings: ForecastingProblem, place: np.ndarray, tested: int) -> np.ndarray:
    """Return the rows that are not learned from, shape ``(n,)``: those of the test, and of a gap before it.

    Args:
        panel: The series.
        settings: What the user asked for.
        place: Steps of each row before the end, shape ``(n,)``.
        tested: Number of horizons that are tested.
    """
    late = place < (tested * settings.horizon + settings.gap if tested else 0)
    before = np.bincount(panel.series[~late], minlength=len(panel.lengths))
    return late & (before >= _FEWEST_BEFORE)[panel.series]


def _common_end(panel: Panel, settings: ForecastingProblem, used: np.ndarray, tested: int) -> int | None:
    """Return the last step of all series, or ``None`` if too few of them reach the last horizons.

    Args:
        panel: The series.
        settings: What the user asked for.
        used: Which series are long enough, shape ``(s,)``.
        tested: Number of horizons that are tested.
    """
    horizon, end = settings.horizon, int(panel.last_steps.max())
    if _reach(panel, end, horizon)[used].mean() < _REACH_THE_END:
        return None
    place = end - panel.steps
    learned = ~_held_out(panel, settings, place, tested)
    place = place - (tested * horizon + settings.gap if tested else 0)
    latest = learned & (place >= 0) & (place < horizon)
    earlier = learned & (place >= horizon + settings.gap)
    compared = np.isin(panel.series[latest], panel.series[earlier]).any()
    return end if compared and (not tested or not learned.all()) else None


def _reach(panel: Panel, end: int | None, horizon: int) -> np.ndarray:
    """Return which series have a row in the horizon before an end, shape ``(s,)``; all if each has its own."""
    return np.full(len(panel.lengths), True) if end is None else panel.last_steps > end - horizon


def _refuse_horizon(panel: Panel, settings: ForecastingProblem) -> None:
    code = int(panel.lengths.argmax())
    longest, first = int(panel.lengths[code]), panel.stamps(panel.first_steps[[code]])[0]
    which = f"the longest series, {panel.ids.quoted(code)}," if panel.ids.columns else "the series"
    raise DataError(
        f"The horizon of {settings.horizon} steps is too long for the histories: {which} has {longest} rows, "
        f"from {first} on.",
        f"Choose a horizon of at most {max(1, longest // 3)}, or add older rows.",
    )


def _most_windows(rows: int) -> int:
    return next((windows for most, windows in _MOST_WINDOWS if rows <= most), 1)


def _season(panel: Panel, settings: ForecastingProblem) -> int:
    """Return the steps of the season, or 1 if no series has two of them."""
    usual = next((round(one) for one in panel.calendar.seasons), 1)
    season = settings.season or usual
    return season if panel.lengths.max() >= 2 * season else 1


def _problem(
    panel: Panel,
    settings: ForecastingProblem,
    split: _Split,
    plan: Planned,
    readings: Mapping[str, Reading],
    fingerprint: str,
) -> Problem:
    season, train = _season(panel, settings), panel.table.iloc[split.train]
    static = _static_columns(panel, settings)
    task = SeriesTask(
        horizon=settings.horizon,
        time_column=settings.time_column,
        series_columns=settings.series_columns,
        known=settings.known_columns,
        static=static,
        past=_past_columns(panel, settings, static),
        calendar=panel.calendar.to_dict(),
        stamps=panel.format.to_dict(),
        season=season,
        windows=split.windows,
        test_windows=settings.test_windows if len(split.test) else 0,
        labels=plan.labels,
        last_values=_last_values(panel, [*settings.known_columns, *static]),
        gap=settings.gap,
        window_step=settings.window_step,
        quantiles=settings.levels,
        aggregate=settings.aggregate,
        fill=settings.fill,
        holidays=_holidays(panel, settings),
        plan=kept(plan.rows),
        end=split.end,
    )
    values = train[settings.target].to_numpy(dtype=np.float64)
    return Problem(
        name=settings.name or settings.target,
        task="forecasting",
        target=settings.target,
        metric=resolve_metric(settings.metric, "forecasting").name,
        columns=_columns(panel, settings, task, readings),
        weight_column=settings.weight_column or None,
        group_column=SERIES if len(panel.ids.labels) > 1 else None,
        time_column=STEP,
        fold_strategy="rolling",
        n_folds=split.windows,
        n_train=len(split.train),
        n_test=len(split.test),
        seed=settings.seed,
        fingerprint=fingerprint,
        kind="forecasting",
        target_type="future_values",
        target_range=float(np.ptp(values)),
        series=task,
    )


def _static_columns(panel: Panel, settings: ForecastingProblem) -> tuple[str, ...]:
    named = settings.target, settings.time_column, settings.weight_column
    used = {*named, *settings.series_columns, *settings.known_columns}
    others = [name for name in panel.table.columns if name not in used]
    if len(panel.ids.labels) < 2 or not others:
        return ()
    count = len(panel.ids.labels)
    return tuple(
        str(name) for name in others if not changes_within(panel.table[name], panel.series, count).any()
    )


def _past_columns(panel: Panel, settings: ForecastingProblem, static: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of numbers that vary, and whose future nobody knows."""
    named = settings.target, settings.time_column, settings.weight_column
    used = {*named, *settings.series_columns, *settings.known_columns, *static}
    numbers = panel.table.select_dtypes("number")
    return tuple(str(name) for name in numbers if name not in used and numbers[name].nunique() > 1)[
        :_MOST_PAST
    ]


def _holidays(panel: Panel, settings: ForecastingProblem) -> dict[str, Any]:
    if not settings.holidays:
        return {}
    moments = panel.calendar.moments(panel.steps)
    return find_holidays(settings.holiday_names, panel.table, panel.series, moments).to_dict()


def _last_values(panel: Panel, columns: list[str]) -> tuple[tuple[Any, ...], ...]:
    """Return the last values of some columns by code of the series, as JSON has them."""
    if not columns:
        return ()
    last = panel.table[columns].groupby(panel.series).last()
    return tuple(zip(*(plain_values(last[name]) for name in columns), strict=True))


def _columns(
    panel: Panel, settings: ForecastingProblem, task: SeriesTask, readings: Mapping[str, Reading]
) -> tuple[Column, ...]:
    columns = []
    for name, values in panel.table.items():
        dtype, reading = str(values.dtype), readings.get(str(name))
        more: dict[str, Any] = {"reading": reading}
        numeric = pd.api.types.is_numeric_dtype(values.dtype)
        if name == settings.target:
            columns.append(Column(str(name), "target", dtype, **more))
        elif name == settings.time_column:
            columns.append(Column(str(name), "time", dtype, "the times of the series", **more))
        elif name == settings.weight_column:
            reason = "how much a row counts in the scores"
            columns.append(
                Column(str(name), "weight", dtype, reason, required=False, is_feature=False, **more)
            )
        elif name in settings.series_columns:
            columns.append(Column(str(name), "categorical", dtype, "tells series apart", **more))
        elif name in settings.known_columns or name in task.static:
            reason = (
                "known in advance" if name in settings.known_columns else "the same in all rows of a series"
            )
            always = name in settings.known_columns and not values.isna().any()
            role: Role = "numeric" if numeric else "categorical"
            columns.append(Column(str(name), role, dtype, reason, required=always, **more))
        else:
            reason = (
                "its past is learned from; its future values are not known"
                if name in task.past
                else "its future values are not known"
            )
            columns.append(
                Column(str(name), "dropped", dtype, reason, required=False, is_feature=False, **more)
            )
    return tuple(columns)


def _profiles(train: pd.DataFrame, problem: Problem) -> tuple[ColumnProfile, ...]:
    return tuple(
        ColumnProfile(
            one.name, one.role, float(train[one.name].isna().mean()), int(train[one.name].nunique())
        )
        for one in problem.columns
    )
