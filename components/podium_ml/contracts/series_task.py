"""What forecasting adds to a problem."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SeriesTask:
    """What to forecast of which series.

    Attributes:
        horizon: Number of steps to forecast.
        time_column: The user's column of times.
        series_columns: The user's columns that tell series apart; empty for a single series.
        known: Columns whose values are known in advance, such as prices.
        static: Columns that are the same in all rows of a series.
        calendar: The stamps that series can have; see ``podium_ml.forecasting.panel.calendars``.
        stamps: How the time column is written; see ``StampFormat``.
        season: Steps of a season; 1 for none.
        windows: Number of horizons before the test that models are compared on.
        test_windows: Number of last horizons that are set aside for the test.
        labels: Texts of the series columns by code of the series.
    """

    horizon: int
    time_column: str
    series_columns: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    calendar: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, Any] = field(default_factory=dict)
    season: int = 1
    windows: int = 1
    test_windows: int = 1
    labels: tuple[tuple[str, ...], ...] = ((),)
