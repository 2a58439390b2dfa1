"""Time spans between date columns: ages and durations."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from podium_ml.tabular.features._column import Part
from podium_ml.tabular.features._rows import Columns
from podium_ml.values.dates import DateFormat

# With more date columns, there would be more pairs than other features.
MOST_COLUMNS = 4
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Span:
    """The span from one date column to another.

    Attributes:
        earlier: Name of the column that comes first in the table.
        later: Name of the other column.
    """

    earlier: str
    later: str


@dataclass(frozen=True)
class TimeSpans:
    """The days between each pair of date columns.

    Attributes:
        formats: How each date column writes dates and times.
        spans: The pairs.
    """

    formats: dict[str, DateFormat]
    spans: tuple[Span, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """One feature per pair."""
        return tuple(
            Part("since_" + _short(span.earlier), "numeric", f"days since “{_short(span.earlier)}”")
            for span in self.spans
        )

    def of_columns(self, sources: Collection[str]) -> "TimeSpans":
        """Return the spans to some columns, and the formats that they need."""
        spans = tuple(span for span in self.spans if span.later in sources)
        needed = {name for span in spans for name in (span.earlier, span.later)}
        return TimeSpans({name: one for name, one in self.formats.items() if name in needed}, spans)

    def transform(self, columns: Columns) -> list[np.ndarray]:
        """Return days as float64, NaN if either date is missing."""
        moments = {
            name: date_format.read(columns.or_missing(name)) for name, date_format in self.formats.items()
        }
        return [_days_between(moments[span.earlier], moments[span.later]) for span in self.spans]


def plan_time_spans(formats: dict[str, DateFormat]) -> TimeSpans:
    """Pair the date columns if there are two to four; otherwise make no features."""
    if not 2 <= len(formats) <= MOST_COLUMNS:
        return TimeSpans({})
    return TimeSpans(formats, tuple(Span(earlier, later) for earlier, later in combinations(formats, 2)))


def _days_between(earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    days = (later.view(np.int64) - earlier.view(np.int64)) / _DAY
    return np.where(np.isnat(earlier) | np.isnat(later), np.nan, days)


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"
