"""Rows of one series and one stamp: copies, hours that clocks repeat, and what else separates them."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.calendars import DAY
from podium_ml.forecasting.panel.series_ids import SeriesIds
from podium_ml.forecasting.panel.stamps import Moments, StampFormat
from podium_ml.forecasting.panel.time_parts import advice_to_join, is_part, other_parts

AGGREGATES = ("sum", "mean", "min", "max")
"""How the rows of one stamp can be combined."""

_HOUR = DAY // 24
# Months and weekdays (0 for Monday) in which clocks are set back somewhere.
_MONTHS, _WEEKDAYS = (2, 3, 4, 9, 10, 11), (3, 4, 5, 6)
# Columns that may separate rows of one stamp: so many are tried, pairs of so many with so few values.
_MOST_TRIED, _MOST_PAIRED, _MOST_VALUES = 40, 8, 10_000
# A column separates series only if many rows repeat a stamp, and the series that it makes have several rows.
_FEWEST_REPEATED, _FEWEST_ROWS = 0.2, 3
# Of so many steps, one is unfinished if its rows end so many typical gaps earlier than those of the others.
_FEWEST_STEPS, _UNFINISHED = 4, 1.5


def repeated_rows(series: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return which rows have the series and the step of the row before, booleans, shape ``(n,)``."""
    same = (np.diff(series) == 0) & (np.diff(steps) == 0)
    return np.append(False, same)


def are_copies(table: pd.DataFrame, repeated: np.ndarray) -> bool:
    """Whether all repeated rows are equal to the rows before them."""
    places = np.flatnonzero(repeated)
    for name in table.columns:
        one, other = (table[name].iloc[at].reset_index(drop=True) for at in (places, places - 1))
        if not ((one == other).fillna(False) | (one.isna() & other.isna())).all():
            return False
    return True


def clock_changes(repeated: Moments, form: StampFormat, moments: Moments) -> tuple[str, ...]:
    """Return the days on which an hour is there twice because the clocks were set back; empty if that is not why.

    Clocks are set back at night, at the end of a week, once a year, and so in every series.

    Args:
        repeated: Moments that are there a second time.
        form: How times are written; local times without a zone can repeat.
        moments: All moments.
    """
    if form.kind != "moment" or not len(repeated):
        return ()
    distinct = np.unique(repeated).astype(np.int64)
    starts = distinct[np.append(True, np.diff(distinct) > _HOUR)]
    lengths = distinct[np.append(np.diff(distinct) > _HOUR, True)] - starts
    days = np.unique(starts // DAY)
    months = (days.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12) + 1
    years = (moments.max() - moments.min()).astype(np.int64) / (365 * DAY)
    hours = starts % DAY // _HOUR
    is_change = (
        bool(lengths.max() < _HOUR)
        and len(starts) == len(days) <= years + 1
        and bool(np.isin((days + 3) % 7, _WEEKDAYS).all())
        and bool(np.isin(months, _MONTHS).all())
        and bool(((hours < 4) | (hours == 23)).all())
    )
    return tuple(str(day) for day in days.astype("M8[D]")) if is_change else ()


def refuse_repeats(
    table: pd.DataFrame,
    series: np.ndarray,
    steps: np.ndarray,
    moments: Moments,
    *,
    ids: SeriesIds,
    skipped: tuple[str, ...],
    shown: Callable[[np.ndarray], list[str]],
    title: str,
) -> None:
    """Raise the error of series with several rows of one stamp; it names the columns that would separate them.

    Args:
        table: Rows, sorted by series and time.
        series: Code of the series of each.
        steps: Step of each.
        moments: Time of each.
        ids: Names of the series.
        skipped: Columns that cannot separate series: those of time and target.
        shown: Writes moments as the time column does.
        title: Name of the frequency.
    """
    repeated = repeated_rows(series, steps)
    first = int(repeated.argmax())
    where = f"{ids.quoted(int(series[first]))} has" if ids.columns else "There are"
    one, other = shown(moments[first - 1 : first + 1])
    count = int(repeated.sum())
    if one == other:
        rows = "1 row repeats" if count == 1 else f"{count:,} rows repeat"
        message = f"{where} several rows of one time: {rows} a time, the first at {one}."
    else:
        rows = "1 row shares" if count == 1 else f"{count:,} rows share"
        message = (
            f"{where} several rows of one stamp, where the frequency is {title}: {rows} a stamp, "
            f"the first at {one} and {other}."
        )
    raise DataError(message, _advice(table, series, steps, ids, skipped))


def _advice(
    table: pd.DataFrame, series: np.ndarray, steps: np.ndarray, ids: SeriesIds, skipped: tuple[str, ...]
) -> str:
    if name := _spelled_apart(table, int(repeated_rows(series, steps).argmax()), ids):
        return name
    if is_part(skipped[0]) and (parts := other_parts(table, skipped[0])):
        return advice_to_join(skipped[0], parts)
    separating = _separating(table, series, steps, [*skipped, *ids.columns])
    if separating and all(is_part(name) for name in separating):
        return advice_to_join(skipped[0], separating)
    if not separating:
        return f"Combine them with --aggregate ({', '.join(AGGREGATES)}), or name the column that tells series apart."
    names = " and ".join(f"'{name}'" for name in separating)
    which = f"Column {names} separates" if len(separating) == 1 else f"Columns {names} separate"
    return (
        f"{which} them: give --series-column {','.join((*ids.columns, *separating))}, or combine them with "
        "--aggregate sum."
    )


def _spelled_apart(table: pd.DataFrame, row: int, ids: SeriesIds) -> str:
    """Say that a row and the one before spell the name of their series differently; empty if they do not."""
    for name in ids.columns:
        one, other = sorted(str(value).strip() for value in table[name].iloc[row - 1 : row + 1])
        if one != other:
            return (
                f"'{one}' and '{other}' in column '{name}' are read as one series. Rename one of them if they are two, "
                f"or combine their rows with --aggregate ({', '.join(AGGREGATES)})."
            )
    return ""


def _separating(
    table: pd.DataFrame, series: np.ndarray, steps: np.ndarray, skipped: list[str]
) -> tuple[str, ...]:
    """Return one column, or two, that make rows of one stamp different series; nothing if there are none."""
    repeated = repeated_rows(series, steps)
    shared = repeated | np.append(repeated[1:], False)
    if repeated.mean() < _FEWEST_REPEATED:
        return ()
    others = [str(name) for name in table.columns if name not in skipped][:_MOST_TRIED]
    codes = {name: pd.factorize(table[name])[0] for name in others if not _is_measure(table[name])}
    codes = {name: one for name, one in codes.items() if one.max() < _MOST_VALUES}
    pairs = combinations(sorted(codes, key=lambda name: codes[name].max())[:_MOST_PAIRED], 2)
    for names in [*((name,) for name in codes), *pairs]:
        key = pd.DataFrame({"series": series, **{name: codes[name] for name in names}})
        whole = key[shared].assign(step=steps[shared])
        if not whole.duplicated().any() and len(key) / len(key.drop_duplicates()) >= _FEWEST_ROWS:
            return names
    return ()


def _is_measure(column: pd.Series) -> bool:
    return pd.api.types.is_float_dtype(column.dtype) and not (column.dropna() % 1 == 0).all()


def unfinished_steps(
    steps: np.ndarray, moments: Moments, stamps: Callable[[np.ndarray], Moments]
) -> list[int]:
    """Return the first and the last step if their rows begin later, or end earlier, than those of other steps.

    Args:
        steps: Step of each row.
        moments: Time of each row.
        stamps: Returns the stamps of steps.
    """
    order = np.lexsort((moments, steps))
    steps, moments = steps[order], moments[order]
    starts = np.flatnonzero(np.append(True, np.diff(steps) > 0))
    if len(starts) < _FEWEST_STEPS:
        return []
    found, first = steps[starts], moments[starts]
    last = moments[np.append(starts[1:], len(steps)) - 1]
    missing = (first - stamps(found)).astype(np.int64), (stamps(found + 1) - last).astype(np.int64)
    gaps = np.diff(np.unique(moments)).astype(np.int64)
    late, early = (one - np.median(one[1:-1]) > _UNFINISHED * np.median(gaps) for one in missing)
    return [int(found[at]) for at, is_short in ((0, late[0]), (-1, early[-1])) if is_short]


def combine_rows(
    table: pd.DataFrame, series: np.ndarray, steps: np.ndarray, *, target: str, aggregate: str
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return one row for each series and step: the target combined, numbers as their mean, other values the first.

    Args:
        table: Rows, sorted by series and step.
        series: Code of the series of each.
        steps: Step of each.
        target: The column to combine.
        aggregate: How: one of ``AGGREGATES``.
    """
    starts = np.flatnonzero(~repeated_rows(series, steps))
    groups = np.cumsum(~repeated_rows(series, steps)) - 1
    combined = table.iloc[starts].reset_index(drop=True)
    how = {str(name): "mean" for name in table.columns if pd.api.types.is_float_dtype(table[name].dtype)}
    how[target] = aggregate
    for name, one in how.items():
        if name in combined:
            combined[name] = table[name].groupby(groups).agg(one).to_numpy()
    return combined, series[starts], steps[starts]
