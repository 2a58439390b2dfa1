"""Series that never have a row on some days of the week, although others have."""

from dataclasses import replace

import numpy as np
import pandas as pd

from podium_ml.forecasting.panel.calendars import DAY, EvenCalendar
from podium_ml.forecasting.panel.panel import Panel

# A series tells its closed days in so many weeks, if nearly all of its other days have a row.
_FEWEST_WEEKS, _DENSE, _MOST_CLOSED = 4, 0.85, 3
# Values such as prices, which hardly change from day to day, go on over closed days: the variance of their changes is
# this part of their own.
_PERSISTENT = 0.2


def closed_days(panel: Panel, values: np.ndarray) -> np.ndarray:
    """Return the days of the week on which each series is closed, booleans, shape ``(s, 7)``, Monday first.

    Args:
        panel: The series; only days can be closed.
        values: The target, which is not negative where series have closed days.
    """
    count = len(panel.ids.labels)
    if not isinstance(panel.calendar, EvenCalendar) or panel.calendar.step != DAY or panel.calendar.counts:
        return np.zeros((count, 7), dtype=bool)
    days = np.bincount(panel.series * 7 + _weekdays(panel, panel.steps), minlength=7 * count).reshape(
        count, 7
    )
    closed = days == 0
    span = panel.last_steps - panel.first_steps + 1
    is_dense = panel.lengths >= _DENSE * span * (7 - closed.sum(axis=1)) / 7
    is_known = is_dense & (span >= 7 * _FEWEST_WEEKS) & (closed.sum(axis=1) <= _MOST_CLOSED)
    positive = np.minimum.reduceat(values, panel.starts) >= 0
    return closed & (is_known & positive & ~_persistent(panel, values))[:, None]


def with_closed_days(panel: Panel, closed: np.ndarray, target: str, time_column: str) -> Panel:
    """Return series with a row of 0 for each of their closed days, so that forecasts of these are near 0.

    Args:
        panel: The series.
        closed: The closed days of each series; see ``closed_days``.
        target: Name of the target.
        time_column: Name of the column of times.
    """
    codes = np.flatnonzero(closed.any(axis=1))
    if not len(codes):
        return panel
    first, last = panel.first_steps[codes], panel.last_steps[codes]
    for _ in range(_MOST_CLOSED):  # closed days after the last row, while others go on
        last = last + (closed[codes, _weekdays(panel, last + 1)] & (last < panel.steps.max()))
    spans = last - first + 1
    series = np.repeat(codes, spans)
    steps = np.arange(spans.sum()) - np.repeat(np.cumsum(spans) - spans, spans) + np.repeat(first, spans)
    is_closed = closed[series, _weekdays(panel, steps)]
    series, steps = series[is_closed], steps[is_closed]
    width = int(panel.steps.max() - panel.steps.min()) + 1
    keys = panel.series * width + panel.steps - panel.steps.min()
    before = np.searchsorted(keys, series * width + steps - panel.steps.min()) - 1
    stamps = panel.format.column(panel.calendar.moments(steps), panel.table[time_column].dtype)
    new = panel.table.iloc[before].reset_index(drop=True).assign(**{target: 0.0, time_column: stamps})
    table = pd.concat([panel.table, new], ignore_index=True)
    series, steps = np.append(panel.series, series), np.append(panel.steps, steps)
    order = np.lexsort((steps, series))
    return replace(
        panel, table=table.iloc[order].reset_index(drop=True), series=series[order], steps=steps[order]
    )


def _weekdays(panel: Panel, steps: np.ndarray) -> np.ndarray:
    days = panel.calendar.moments(steps).astype(np.int64) // DAY
    return (days + 3) % 7


def _persistent(panel: Panel, values: np.ndarray) -> np.ndarray:
    """Return which series hardly change from day to day."""
    changes = np.diff(values, prepend=values[:1])
    changes[panel.starts] = 0.0
    means = np.add.reduceat(values, panel.starts) / panel.lengths
    with np.errstate(over="ignore"):
        variance = np.add.reduceat((values - means[panel.series]) ** 2, panel.starts)
        return np.asarray(np.add.reduceat(changes**2, panel.starts) <= _PERSISTENT * variance)
