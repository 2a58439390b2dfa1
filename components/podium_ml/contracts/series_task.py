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
        past: Columns of numbers that are known until the last value only.
        calendar: The stamps that series can have; see ``podium_ml.forecasting.panel.calendars``.
        stamps: How the time column is written; see ``StampFormat``.
        season: Steps of a season; 1 for none.
        windows: Number of horizons before the test that models are compared on.
        test_windows: Number of last horizons that are set aside for the test.
        labels: Texts of the series columns by code of the series.
        last_values: Last values of the columns that are known in advance and of the static ones, by code of the series.
        gap: Steps between the last known value and the first forecast.
        window_step: Steps from one window to the next; 0 for the horizon.
        quantiles: Levels of the quantiles that forecasts show.
        aggregate: How rows of one series and time are combined; empty refuses them.
        fill: What a stamp without a row means; empty for unknown.
        holidays: Holidays and events, and whom they concern; see ``podium_ml.forecasting.holidays``.
        plan: Future rows that the data had: codes of series, steps, and the columns that are known in advance.
        end: The last step of all series, from which windows are counted; ``None``: each series has windows of its own,
            counted from its last row.
    """

    horizon: int
    time_column: str
    series_columns: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    calendar: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, Any] = field(default_factory=dict)
    season: int = 1
    windows: int = 1
    test_windows: int = 1
    labels: tuple[tuple[str, ...], ...] = ((),)
    last_values: tuple[tuple[Any, ...], ...] = ()
    gap: int = 0
    window_step: int = 0
    quantiles: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    aggregate: str = ""
    fill: str = ""
    holidays: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, list[Any]] = field(default_factory=dict)
    end: int | None = None

    @property
    def reach(self) -> int:
        """Steps from the last known value to the last one to forecast."""
        return self.gap + self.horizon

    @property
    def step(self) -> int:
        """Steps from one window to the next."""
        return self.window_step or self.horizon

    @property
    def train_end(self) -> int | None:
        """The last step that is learned from; ``None`` if each series has its own."""
        tested = self.test_windows * self.horizon + self.gap if self.test_windows else 0
        return None if self.end is None else self.end - tested
