"""The rows of series in order, each with the code of its series and its step on the common calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.calendars import DAY, Calendar
from podium_ml.forecasting.panel.frequency import Stamps, find_calendar
from podium_ml.forecasting.panel.repeats import (
    AGGREGATES,
    are_copies,
    clock_changes,
    combine_rows,
    refuse_repeats,
    repeated_rows,
    unfinished_steps,
)
from podium_ml.forecasting.panel.series_ids import SeriesIds, series_labels, spellings
from podium_ml.forecasting.panel.stamps import Moments, StampFormat
from podium_ml.forecasting.panel.time_parts import advice_to_join, is_part, other_parts

__all__ = ["AGGREGATES", "Panel", "SeriesIds", "make_panel", "series_labels"]

_TIMES = (
    "Write times as dates, date and time, years, months (2020-03), quarters (2009-Q1), ISO weeks (2012-W01) "
    "or whole numbers."
)
_FEWEST_SHIFTED = 3
# What a column of parts of times, such as months beside years, is taken for.
_PART_KINDS = ("year", "count")


@dataclass(frozen=True)
class Panel:
    """Rows of series, sorted by series and time.

    Attributes:
        table: The user's columns, with a RangeIndex.
        series: Code of the series of each row, shape ``(n,)``.
        steps: Step of each row on the calendar, shape ``(n,)``; unique within a series.
        ids: Names of the series.
        format: How the time column is written.
        calendar: The stamps that series can have.
        moved: Number of rows whose time is not exactly a stamp of the calendar.
        farthest: Microseconds by which the farthest of them was moved.
        shifted: Codes of series of which every time was moved by a day or more, shape ``(k,)``.
        untimed: Number of rows that were left out because they have no time.
        closed: Number of rows that were left out because they are on days that do not belong to the calendar.
        copies: Number of rows that were left out because they are equal to another row.
        combined: Number of rows that were combined with another one of their stamp, as the user asked.
        unfinished: The first and the last step, if rows of theirs that were combined seem to be missing.
        clock_changes: Days on which the clocks were set back, so that an hour is there twice.
        spellings: Names that are written in several ways but are one, such as ``1`` and ``1.0``.
    """

    table: pd.DataFrame
    series: np.ndarray
    steps: np.ndarray
    ids: SeriesIds
    format: StampFormat
    calendar: Calendar
    moved: int = 0
    farthest: int = 0
    shifted: tuple[int, ...] = ()
    untimed: int = 0
    closed: int = 0
    copies: int = 0
    combined: int = 0
    unfinished: tuple[int, ...] = ()
    clock_changes: tuple[str, ...] = ()
    spellings: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of rows of each series, shape ``(s,)``."""
        return np.bincount(self.series, minlength=len(self.ids.labels))

    @cached_property
    def starts(self) -> np.ndarray:
        """Position of the first row of each series, shape ``(s,)``."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def first_steps(self) -> np.ndarray:
        """The first step of each series, shape ``(s,)``."""
        return self.steps[self.starts]

    @property
    def last_steps(self) -> np.ndarray:
        """The last step of each series, shape ``(s,)``."""
        return self.steps[self.starts + self.lengths - 1]

    def stamps(self, steps: np.ndarray) -> list[str]:
        """Return steps as the time column writes them."""
        return self.format.write(self.calendar.moments(steps))


def make_panel(
    table: pd.DataFrame,
    *,
    time_column: str,
    series_columns: Sequence[str] = (),
    target: str = "",
    aggregate: str = "",
    calendar: Calendar | None = None,
) -> Panel:
    """Sort rows by series and time, and find the calendar of the series.

    Args:
        table: Rows in any order.
        time_column: The column of times.
        series_columns: Columns that tell series apart.
        target: The column to forecast, which ``aggregate`` combines.
        aggregate: How to combine the rows of one stamp, one of ``AGGREGATES``; empty refuses them.
        calendar: The calendar, if the user gave one.

    Raises:
        DataError: Times cannot be read, series have no common frequency, or have several rows of one stamp.
    """
    form = StampFormat.plan(table[time_column])
    moments = form.read(table[time_column])
    unread = np.isnat(moments)
    parts = other_parts(table, time_column) if is_part(time_column) else ()
    advice = advice_to_join(time_column, parts) if parts else ""
    if unread.any():
        _check_times(table[time_column], unread, advice)
        table, moments = table[~unread], moments[~unread]
    codes, labels = series_labels(table, series_columns)
    ids = SeriesIds(tuple(series_columns), tuple(labels))
    written = tuple(names for name in series_columns for names in spellings(table[name]))
    table, codes, moments = _sorted(table, codes, moments)
    _check_series(codes, ids)
    if calendar is None:
        calendar = _calendar(
            moments, codes, ids, form, time_column, advice if form.kind in _PART_KINDS else ""
        )
    covered = calendar.covers(moments)
    if not covered.all():
        table, codes, moments = table[covered].reset_index(drop=True), codes[covered], moments[covered]
    steps = calendar.steps(moments)
    off = np.abs((calendar.moments(steps) - moments).astype(np.int64))
    panel = Panel(
        table, codes, steps, ids, form, calendar,
        moved=int((off > 0).sum()), farthest=int(off.max(initial=0)), shifted=_shifted(codes, off),
        untimed=int(unread.sum()), closed=int((~covered).sum()), spellings=written,
    )  # fmt: skip
    return _without_repeats(panel, moments, time_column=time_column, target=target, aggregate=aggregate)


def _check_times(column: pd.Series, unread: np.ndarray, advice: str) -> None:
    """Refuse values that are no times, with an advice if there is one; missing ones are left out."""
    wrong = unread & column.notna().to_numpy()
    if pd.api.types.is_string_dtype(column.dtype):
        wrong &= (column.astype("string").str.strip() != "").fillna(False).to_numpy(dtype=bool)
    if not wrong.any() and not unread.all():
        return
    if not wrong.any():
        raise DataError(f"Time column '{column.name}' is empty in all {len(column):,} rows.", _TIMES)
    row = int(wrong.argmax())
    more = f", and {int(wrong.sum()) - 1:,} more rows hold none" if wrong.sum() > 1 else ""
    raise DataError(
        f"Time column '{column.name}': row {row + 1} holds '{column.iloc[row]}', which is no time{more}.",
        advice or _TIMES,
    )


def _sorted(
    table: pd.DataFrame, codes: np.ndarray, moments: Moments
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return rows in the order of series and time."""
    same, later = np.diff(codes), np.diff(moments).astype(np.int64)
    if ((same > 0) | ((same == 0) & (later >= 0))).all():
        return table.reset_index(drop=True), codes, moments
    order = np.lexsort((moments, codes))
    return table.iloc[order].reset_index(drop=True), codes[order], moments[order]


def _check_series(codes: np.ndarray, ids: SeriesIds) -> None:
    if ids.columns and len(codes) > 1 and len(ids.labels) == len(codes):
        names = " and ".join(f"'{name}'" for name in ids.columns)
        raise DataError(
            f"Each row would be a series of its own: {names} differs in every row.",
            "Name the columns that tell series apart, such as a shop or a product, or none for a single series.",
        )


def _calendar(
    moments: Moments, codes: np.ndarray, ids: SeriesIds, form: StampFormat, time_column: str, advice: str
) -> Calendar:
    try:
        return find_calendar(Stamps(moments, codes), name=ids.quoted, counts=form.kind == "count")
    except DataError as error:
        raise DataError(f"Time column '{time_column}': {error.message}", advice or error.hint) from None


def _shifted(codes: np.ndarray, off: np.ndarray) -> tuple[int, ...]:
    """Return the codes of series, but for very short ones, of which every time is a day or more off the stamps."""
    if off.max(initial=0) < DAY:
        return ()
    starts = np.flatnonzero(np.append(True, np.diff(codes) != 0))
    long = np.diff(np.append(starts, len(codes))) >= _FEWEST_SHIFTED
    return tuple(codes[starts][long & (np.minimum.reduceat(off, starts) >= DAY)].tolist())


def _without_repeats(
    panel: Panel, moments: Moments, *, time_column: str, target: str, aggregate: str
) -> Panel:
    """Return the panel with one row for each series and step."""
    repeated = repeated_rows(panel.series, panel.steps)
    if not repeated.any():
        return panel
    count = int(repeated.sum())
    changes = clock_changes(moments[repeated], panel.format, moments)
    if (
        not aggregate
        and not changes
        and are_copies(panel.table.drop(columns=list(panel.ids.columns)), repeated)
    ):
        table = panel.table[~repeated].reset_index(drop=True)
        return replace(
            panel, table=table, series=panel.series[~repeated], steps=panel.steps[~repeated], copies=count
        )
    if not aggregate and not changes:
        refuse_repeats(
            panel.table, panel.series, panel.steps, moments,
            ids=panel.ids, skipped=(time_column, target), shown=panel.format.write, title=panel.calendar.title,
        )  # fmt: skip
    table, series, steps = combine_rows(
        panel.table, panel.series, panel.steps, target=target, aggregate=aggregate or "mean"
    )
    return replace(
        panel,
        table=table,
        series=series,
        steps=steps,
        combined=0 if changes else count,
        unfinished=() if changes else tuple(unfinished_steps(panel.steps, moments, panel.calendar.moments)),
        clock_changes=changes,
    )
