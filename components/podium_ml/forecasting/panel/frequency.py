"""Finding the calendar of series from the set of their stamps.

All stamps of all series are looked at together: which weekdays occur, whether they are ends of months, which gaps there
are. Missing stamps and public holidays then do no harm, as they would where the gaps of one series must all be equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from podium_ml.errors import DataError
from podium_ml.forecasting.panel._of_days import calendar_of_days
from podium_ml.forecasting.panel._within_days import calendar_within_days
from podium_ml.forecasting.panel.calendars import DAY, Calendar, EvenCalendar
from podium_ml.forecasting.panel.gaps import MOST_STEPS, Gaps
from podium_ml.forecasting.panel.stamps import Moments

# A series differs from the others if most of its gaps are so many steps and about equal, and it has so many of them.
_EQUAL, _REGULAR, _FEWEST_GAPS = 0.2, 0.8, 3
_HINT = "Give --frequency, e.g. D, B, W, M, Q, Y, h or 15min, and rows are assigned to its stamps."
# A gap of so many typical ones, after which so few stamps follow or before which so few lie, is a mistake.
_FAR, _FEW_FAR = 1_000, 0.02


@dataclass(frozen=True)
class Stamps:
    """The stamps of all series.

    Attributes:
        moments: Stamps in the order of series and time, without missing ones.
        series: Code of the series of each, shape ``(n,)``.
    """

    moments: Moments
    series: np.ndarray

    @cached_property
    def distinct(self) -> np.ndarray:
        """Ticks (microseconds since 1970) of the distinct stamps, in order."""
        return np.unique(self.moments).astype("M8[us]").astype(np.int64)

    @cached_property
    def gaps(self) -> Gaps:
        """Microseconds between neighbours of the same series, without zeros."""
        gaps = np.diff(self.moments.astype("M8[us]").astype(np.int64))
        return Gaps.of(gaps[(np.diff(self.series) == 0) & (gaps > 0)])


def find_calendar(stamps: Stamps, *, name: Callable[[int], str] = repr, counts: bool = False) -> Calendar:
    """Return the calendar that all series share.

    Args:
        stamps: The stamps.
        name: Returns the name of the series of a code, in quotes.
        counts: Whether stamps are counts rather than times.

    Raises:
        DataError: There is no common frequency; the message names a series that differs.
    """
    if not len(stamps.gaps.sizes):
        _refuse_single_stamps(stamps, name)
    _check_far_stamps(stamps, name)
    calendar = _find(stamps, counts=counts)
    if calendar is None:
        _refuse(stamps, name, counts=counts)
    assert calendar is not None
    _check_each(stamps, calendar, name, counts=counts)
    return calendar


def _find(stamps: Stamps, *, counts: bool) -> Calendar | None:
    if counts:
        step = stamps.gaps.common()
        return EvenCalendar(step, int(stamps.distinct[0] % step), counts=True) if step else None
    gaps, distinct = stamps.gaps, stamps.distinct
    has_one_time = bool((distinct % DAY == distinct[0] % DAY).all())
    of_days = has_one_time or (gaps.median > 0.75 * DAY and gaps.median > MOST_STEPS * gaps.divisor)
    if of_days and (calendar := calendar_of_days(stamps.moments, stamps.series, distinct)):
        return calendar
    return None if has_one_time else calendar_within_days(distinct, gaps)


def _refuse_single_stamps(stamps: Stamps, name: Callable[[int], str]) -> None:
    shown = str(stamps.moments[0].astype("M8[s]")).replace("T", " ")
    one = len(np.unique(stamps.moments)) == 1
    raise DataError(
        f"All rows are at one time, {shown}, so there is nothing to forecast."
        if one
        else f"No series has two different times: {name(int(stamps.series[0]))} has {shown} alone.",
        "Check the time column and the series column: perhaps each row was taken as a series of its own.",
    )


def _check_far_stamps(stamps: Stamps, name: Callable[[int], str]) -> None:
    """Refuse a few stamps that are far from all others, such as 9999-12-31 for an open end."""
    ticks = stamps.distinct
    gaps = np.diff(ticks)
    widest = int(gaps.argmax()) if len(gaps) else 0
    if len(ticks) < 10 or gaps[widest] < _FAR * max(DAY, float(np.median(gaps))):
        return
    after = len(ticks) - widest - 1
    few, at = (after, widest + 1) if after <= len(ticks) / 2 else (widest + 1, widest)
    if few > max(1, _FEW_FAR * len(ticks)):
        return
    far = ticks[at].astype("M8[us]")
    series = name(int(stamps.series[np.flatnonzero(stamps.moments == far)[0]]))
    raise DataError(
        f"{series} has a row at {str(far)[:10]}, {gaps[widest] // DAY:,} days away from all others.",
        "Correct or remove such rows; they often stand for an open end or an unknown date.",
    )


def _refuse(stamps: Stamps, name: Callable[[int], str], *, counts: bool) -> None:
    """Raise the error of series without a common frequency."""
    own = _own_calendars(stamps, counts=counts)
    if len({title for _, title in own}) > 1:
        _refuse_different(own[0][1], own[-1][1], name(own[0][0]), name(own[-1][0]))
    first = int(stamps.series[0])
    gap, other = stamps.gaps.examples()
    rows = np.flatnonzero((np.diff(stamps.series) == 0) & (np.diff(stamps.moments).astype(np.int64) == other))
    where = int(rows[0]) if len(rows) else 0
    after = str(stamps.moments[where])[:19].replace("T", " ")
    raise DataError(
        f"The times of {name(first)} are not regular, they have no common frequency: a typical gap is {_shown(gap)}, "
        f"but {name(int(stamps.series[where]))} has {_shown(other)} after {after}.",
        _HINT,
    )


def _own_calendars(stamps: Stamps, *, counts: bool) -> list[tuple[int, str]]:
    """Return the calendars of some series by themselves: those with the longest and the shortest typical gaps."""
    codes, typical, _ = _typical_gaps(stamps.series, stamps.moments.astype(np.int64))
    found = []
    for code in codes[np.argsort(typical, kind="stable")][[0, -1]] if len(codes) > 1 else ():
        rows = stamps.series == code
        calendar = _find(Stamps(stamps.moments[rows], stamps.series[rows]), counts=counts)
        if calendar is not None:
            found.append((int(code), calendar.title))
    return found


def _refuse_different(title: str, other: str, name: str, other_name: str) -> None:
    raise DataError(
        f"The series have no common frequency: {name} has {title}, {other_name} has {other}.",
        "Forecast them in separate runs, or bring them to one frequency first, e.g. with --frequency and --aggregate.",
    )


def _check_each(stamps: Stamps, calendar: Calendar, name: Callable[[int], str], *, counts: bool) -> None:
    """Raise an error if a series follows a calendar of its own: all of its gaps are about the same number of steps."""
    codes, typical, regular = _typical_gaps(stamps.series, calendar.steps(stamps.moments))
    if len(codes) < 2:
        return
    wide = (typical >= MOST_STEPS) & (regular >= _REGULAR)
    if not wide.any() or wide.all():
        return
    code, common = int(codes[wide][0]), int(codes[~wide][0])
    rows = stamps.series == code
    own = _find(Stamps(stamps.moments[rows], stamps.series[rows]), counts=counts)
    _refuse_different(own.title if own else "another frequency", calendar.title, name(code), name(common))


def _typical_gaps(series: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the codes of series with enough gaps, the median of each one's, and the share of its gaps near that."""
    gaps = np.diff(steps)
    within = (np.diff(series) == 0) & (gaps > 0)
    gaps, codes = gaps[within], series[1:][within]
    order = np.lexsort((gaps, codes))
    gaps, codes = gaps[order], codes[order]
    starts = (
        np.flatnonzero(np.append(True, np.diff(codes) != 0)) if len(codes) else np.zeros(0, dtype=np.int64)
    )
    counts = np.diff(np.append(starts, len(codes)))
    enough = counts >= _FEWEST_GAPS
    median = gaps[starts + counts // 2] if len(starts) else gaps
    near = np.abs(gaps - np.repeat(median, counts)) <= _EQUAL * np.repeat(median, counts)
    regular = np.add.reduceat(near, starts) / counts if len(starts) else near
    return codes[starts][enough], median[enough], regular[enough]


def _shown(gap: int) -> str:
    days = gap / DAY
    return f"{days:.3g} days" if days >= 1 else f"{gap / 60_000_000:.3g} minutes"
