"""The rows of series in order, each with the code of its series and its step on the common calendar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.calendars import DAY, Calendar
from podium_ml.forecasting.panel.frequency import Stamps, find_calendar
from podium_ml.forecasting.panel.stamps import Moments, StampFormat
from podium_ml.values.plain_text import plain_texts

# How the rows of one stamp can be combined.
AGGREGATES = ("sum", "mean", "min", "max")
# At most so many columns are tried to tell rows of one stamp apart.
_MOST_TRIED = 40


@dataclass(frozen=True)
class SeriesIds:
    """The names of series.

    Attributes:
        columns: Columns that tell series apart; empty for a single series.
        labels: The values of these columns by code, as text, shape ``(s, c)``.
    """

    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    def name(self, code: int) -> str:
        """Return what users call a series."""
        return ", ".join(self.labels[code]) if self.columns else "the series"

    @cached_property
    def _codes(self) -> dict[tuple[str, ...], int]:
        return {label: code for code, label in enumerate(self.labels)}

    def codes(self, table: pd.DataFrame) -> np.ndarray:
        """Return the code of the series of each row, -1 for a series that is not known."""
        if not self.columns:
            return np.zeros(len(table), dtype=np.int64)
        codes, labels = series_labels(table, self.columns)
        known = np.array([self._codes.get(label, -1) for label in labels], dtype=np.int64)
        return known[codes]


def series_labels(table: pd.DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Return the code of the series of each row, and the values of the columns as text by code, sorted.

    Args:
        table: The rows.
        columns: Columns that tell series apart.
    """
    texts = []
    for name in columns:
        codes, distinct = plain_texts(table[name])
        texts.append(np.array([*distinct, ""], dtype=object)[codes])
    codes, labels = pd.MultiIndex.from_arrays(texts).factorize(sort=True)
    return codes.astype(np.int64), [tuple(one) for one in labels]


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
        untimed: Number of rows that were left out because their time could not be read.
        clock_changes: Days on which the clocks were set back, so that an hour is there twice.
    """

    table: pd.DataFrame
    series: np.ndarray
    steps: np.ndarray
    ids: SeriesIds
    format: StampFormat
    calendar: Calendar
    moved: int = 0
    untimed: int = 0
    clock_changes: tuple[str, ...] = ()

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of rows of each series, shape ``(s,)``."""
        return np.bincount(self.series, minlength=len(self.ids.labels))

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
    _check_times(table[time_column], unread, time_column)
    table, moments = table[~unread].reset_index(drop=True), moments[~unread]
    codes, labels = (
        series_labels(table, series_columns)
        if series_columns
        else (np.zeros(len(table), dtype=np.int64), [()])
    )
    ids = SeriesIds(tuple(series_columns), tuple(labels))
    order = np.lexsort((moments, codes))
    table, codes, moments = table.iloc[order].reset_index(drop=True), codes[order], moments[order]
    _check_series(codes, ids)
    if calendar is None:
        calendar = find_calendar(Stamps(moments, codes), name=ids.name, counts=form.kind == "count")
    steps = calendar.steps(moments)
    moved = int((calendar.moments(steps) != moments).sum())
    changes: tuple[str, ...] = ()
    if (repeated := _repeated(codes, steps)).any():
        changes = _clock_changes(moments[repeated], codes, moments, form)
        if not aggregate and not changes:
            _refuse(table, codes, steps, repeated, ids, time_column, form.write(moments[repeated][:1])[0])
        table, codes, steps = _combined(table, codes, steps, target, aggregate or "mean")
    return Panel(table, codes, steps, ids, form, calendar, moved, int(unread.sum()), changes)


def _check_times(column: pd.Series, unread: np.ndarray, name: str) -> None:
    if not unread.any():
        return
    row = int(unread.argmax())
    value = column.iloc[row]
    if unread.all() or (unread & column.notna().to_numpy()).any():
        raise DataError(
            f"Time column '{name}': row {row + 1} holds '{value}', which is no time.",
            "Write times as dates, date and time, years, quarters (2009-Q1) or ISO weeks (2012-W01), or whole numbers.",
        )


def _check_series(codes: np.ndarray, ids: SeriesIds) -> None:
    if ids.columns and len(codes) > 1 and len(ids.labels) == len(codes):
        names = " and ".join(f"'{name}'" for name in ids.columns)
        raise DataError(
            f"Each row would be a series of its own: {names} differs in every row.",
            "Name the columns that tell series apart, such as a shop or a product, or none for a single series.",
        )


def _repeated(codes: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return which rows have the series and the step of the row before."""
    same = (np.diff(codes) == 0) & (np.diff(steps) == 0)
    return np.append(False, same)


def _clock_changes(
    repeated: Moments, codes: np.ndarray, moments: Moments, form: StampFormat
) -> tuple[str, ...]:
    """Return the days on which an hour is there twice because the clocks were set back; empty if that is not why.

    Clocks are set back in a night from Saturday to Sunday, at most once a half year, and so in every series.
    """
    if form.kind != "moment":
        return ()
    days = np.unique(repeated.astype("M8[D]"))
    years = (moments.max() - moments.min()) / np.timedelta64(365 * DAY, "us")
    hours = (repeated - repeated.astype("M8[D]")) / np.timedelta64(1, "h")
    on_sundays = ((days.astype(np.int64) + 3) % 7 == 6).all()
    per_series = len(repeated) / len(np.unique(codes)) / len(days)
    is_change = len(days) <= 2 * years + 2 and on_sundays and hours.max() < 4 and per_series <= 60
    return tuple(str(day) for day in days) if is_change else ()


def _refuse(
    table: pd.DataFrame,
    codes: np.ndarray,
    steps: np.ndarray,
    repeated: np.ndarray,
    ids: SeriesIds,
    time_column: str,
    stamp: str,
) -> None:
    """Raise the error of series with several rows of one stamp."""
    where = f"'{ids.name(int(codes[repeated][0]))}' has" if ids.columns else "There are"
    others = [name for name in table.columns if name not in (time_column, *ids.columns)][:_MOST_TRIED]
    separating = [name for name in others if _separates(table[name], codes, steps)]
    columns = ",".join((*ids.columns, separating[0])) if separating else ""
    advice = (
        f"Column '{separating[0]}' separates them: give --series-column {columns}, or add them up with --aggregate sum."
        if separating
        else f"Combine them with --aggregate ({', '.join(AGGREGATES)}), or name the column that tells series apart."
    )
    raise DataError(
        f"{where} several rows of one time: {int(repeated.sum()):,} rows repeat a time, the first at {stamp}.",
        advice,
    )


def _separates(column: pd.Series, codes: np.ndarray, steps: np.ndarray) -> bool:
    """Whether a column with few values makes rows of one stamp different series."""
    values = pd.factorize(column)[0]
    if len(np.unique(values)) > max(2, len(values) // 4):
        return False
    return not pd.DataFrame({"series": codes, "step": steps, "value": values}).duplicated().any()


def _combined(
    table: pd.DataFrame, codes: np.ndarray, steps: np.ndarray, target: str, aggregate: str
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return one row for each series and step: the target combined, numbers as their mean, other values the first."""
    groups = table.groupby([codes, steps], sort=True)
    how: dict[str, str | Callable[..., object]] = {
        name: "mean" if pd.api.types.is_float_dtype(table[name].dtype) else "first" for name in table.columns
    }
    if target:
        how[target] = aggregate
    combined = groups.agg(how)
    index = combined.index
    return (
        combined.reset_index(drop=True),
        index.get_level_values(0).to_numpy(dtype=np.int64),
        index.get_level_values(1).to_numpy(dtype=np.int64),
    )
