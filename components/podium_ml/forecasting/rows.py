"""Features of steps after origins; nothing after an origin is used but what is known in advance."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.forecasting.history import Past
from podium_ml.forecasting.panel.calendars import Calendar, calendar_from_dict

_LAGS, _SEASONS = 6, 3
_LONGEST_PERIOD = 400
# Scales are at least this share of the usual size of the series, and features at most so many scales.
_LEAST, _MOST_SCALES = 0.2, 15.0


@dataclass(frozen=True)
class Scaled:
    """Gapless values, or their logarithms, with sums that make means of any stretch quick.

    Attributes:
        past: The values.
        logs: Whether the values of each series are logarithms, shape ``(s,)``.
        sums: Sum of each series' values up to each of them, shape ``(n,)``.
        changes: The same of the absolute changes from a season before, which tell the scale.
        seen: The same of the number of these changes.
        usual: Usual size of the values of each series, shape ``(s,)``.
        season: Steps of a season.
        typical: How large these changes usually are, compared with the usual size; it stands for those of series that
            are too short to have any.
    """

    past: Past
    logs: np.ndarray
    sums: np.ndarray
    changes: np.ndarray
    seen: np.ndarray
    usual: np.ndarray
    season: int
    typical: float = 1.0

    @classmethod
    def of(cls, past: Past, season: int, *, logs: bool) -> "Scaled":
        """Return the values of a past.

        Args:
            past: The past, with gaps.
            season: Steps of a season; 1 for none.
            logs: Whether to take logarithms of positive series.
        """
        filled = past.filled(season)
        values = filled.flat.astype(np.float64)
        positive = (filled.statistic(np.minimum) > 0) & logs
        if positive.any():
            taken = positive[filled.series]
            values[taken] = np.log(values[taken])
        scaled = Past(filled.codes, filled.firsts, filled.offsets, values)
        place = np.arange(len(values)) - np.repeat(scaled.offsets[:-1], scaled.lengths)
        later = place >= season
        before = values[np.maximum(np.arange(len(values)) - season, 0)]
        change = np.where(later, np.abs(values - before), 0.0)
        size = np.abs(values - _means(scaled)[scaled.series])
        usual = np.maximum(_means(Past(scaled.codes, scaled.firsts, scaled.offsets, size)), 1e-12)
        changes, seen = _running(change, scaled), _running(later.astype(np.float64), scaled)
        ends = scaled.offsets[1:] - 1
        ratios = (changes[ends] / np.maximum(seen[ends], 1) / usual)[seen[ends] > 0]
        typical = float(np.median(ratios)) if len(ratios) else 1.0
        return cls(scaled, positive, _running(values, scaled), changes, seen, usual, season, typical)

    def at(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Return values, NaN outside of the past."""
        return self.past.at(series, steps)

    def back(self, series: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        """Return forecasts as values, shape ``(n, ...)``."""
        logs = self.logs[series].reshape(-1, *[1] * (forecast.ndim - 1))
        return np.where(logs, np.exp(np.clip(np.where(logs, forecast, 0.0), -700.0, 700.0)), forecast)

    def mean(self, series: np.ndarray, steps: np.ndarray, count: int) -> np.ndarray:
        """Return the mean of the last values up to a step, itself included; NaN before the first value."""
        place = steps - self.past.firsts[series]
        inside = place >= 0
        end = self.past.offsets[series] + np.where(inside, place, 0)
        whole = np.minimum(place + 1, count)
        start = np.where(place - count >= 0, self.sums[np.maximum(end - count, 0)], 0.0)
        return np.where(inside, (self.sums[end] - start) / np.maximum(whole, 1), np.nan)

    def size(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Return the mean absolute change from a season before, of the values up to a step."""
        end = self.past.offsets[series] + np.maximum(steps - self.past.firsts[series], 0)
        count = self.seen[end]
        found = np.where(
            count > 0, self.changes[end] / np.maximum(count, 1), self.typical * self.usual[series]
        )
        return np.maximum(found, _LEAST * self.usual[series])

    def subset(self, series: np.ndarray) -> "Scaled":
        """Return some of the series, given by ascending positions."""
        past = self.past.subset(series)
        sums, changes, seen = (
            Past(self.past.codes, self.past.firsts, self.past.offsets, one).subset(series).flat
            for one in (self.sums, self.changes, self.seen)
        )
        usual = self.usual[series]
        return Scaled(past, self.logs[series], sums, changes, seen, usual, self.season, self.typical)

    def until(self, lasts: np.ndarray, room: int) -> "Scaled":
        """Return the values up to a step of each series, with room for later ones, which are NaN."""
        lengths = np.clip(lasts - self.past.firsts + 1, 1, self.past.lengths)
        offsets = np.append(0, np.cumsum(lengths + room))
        series = np.repeat(np.arange(len(lengths)), lengths + room)
        place = np.arange(offsets[-1]) - offsets[:-1][series]
        index = self.past.offsets[:-1][series] + np.minimum(place, lengths[series] - 1)
        known = place < lengths[series]
        values = np.where(known, self.past.flat[index], np.nan)
        past = Past(self.past.codes, self.past.firsts, offsets, values)
        sums, changes, seen = (one[index].copy() for one in (self.sums, self.changes, self.seen))
        return Scaled(past, self.logs, sums, changes, seen, self.usual, self.season, self.typical)

    def append(self, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Set the value of a step of each series, the one after the last known, and return the values."""
        place = self.past.offsets[:-1] + steps - self.past.firsts
        values = np.where(np.isfinite(values), values, self.past.flat[place - 1])
        self.past.flat[place] = values
        self.sums[place] = self.sums[place - 1] + values
        return values


@dataclass(frozen=True)
class RowMaker:
    """Makes features of steps after origins.

    Attributes:
        season: Steps of a season; 1 for none.
        periods: Lengths of all seasons in steps.
        calendar: The calendar; see ``Calendar.to_dict``.
    """

    season: int
    periods: tuple[float, ...] = ()
    calendar: dict[str, Any] | None = None

    def rows(
        self, scaled: Scaled, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, given: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return features, float32, shape ``(n, d)``, the base of the prediction and its scale, shape ``(n,)``.

        Args:
            scaled: The past.
            series: Positions of the series.
            origins: Steps of the last known values.
            ahead: Steps after them to predict.
            given: Columns that are known in advance or static, of the steps to predict, shape ``(n, c)``.
        """
        window = max(self.season, 4)
        size = scaled.size(series, origins)
        levels = [scaled.mean(series, origins - window * back, window) for back in range(_SEASONS)]
        level = levels[0]
        effects = self._effects(scaled, series, origins, ahead, levels)
        base = level + np.nan_to_num(np.nanmean(np.vstack([effects[:2], np.zeros(len(level))]), axis=0) * 1.5)
        relative = [
            *((scaled.at(series, origins - lag) - level) / size for lag in range(_LAGS)),
            *(effect / size for effect in effects),
            *((levels[back] - levels[back + 1]) / size for back in range(_SEASONS - 1)),
            (scaled.mean(series, origins, 2) - level) / size,
            (scaled.mean(series, origins, max(3, window // 2)) - level) / size,
            (base - level) / size,
            size / scaled.usual[series],
            *(
                (self._before(scaled, series, origins, ahead, period) - level) / size
                for period in self._longer()
            ),
        ]
        columns = [
            ahead,
            *(np.clip(one, -_MOST_SCALES, _MOST_SCALES) for one in relative),
            *self._waves(origins + ahead),
            *self._dates(origins + ahead),
            *given.T,
        ]
        return np.column_stack(columns).astype(np.float32), base, size

    def _effects(
        self,
        scaled: Scaled,
        series: np.ndarray,
        origins: np.ndarray,
        ahead: np.ndarray,
        levels: list[np.ndarray],
    ) -> list[np.ndarray]:
        """Return how far the same place in each of the last seasons was from the mean of that season."""
        if self.season == 1:
            return [np.zeros(len(series)), np.zeros(len(series))]
        back = self.season * -(-ahead // self.season)
        return [
            scaled.at(series, origins + ahead - back - self.season * one) - levels[one]
            for one in range(_SEASONS)
        ]

    def _before(
        self, scaled: Scaled, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, period: int
    ) -> np.ndarray:
        """Return the value of the same place in the last longer season."""
        return scaled.at(series, origins + ahead - period * -(-ahead // period))

    def _longer(self) -> list[int]:
        return [round(one) for one in self.periods if self.season < round(one) <= _LONGEST_PERIOD]

    def _waves(self, steps: np.ndarray) -> list[np.ndarray]:
        angles = [
            2 * np.pi * (steps % (1_000 * period)) / period
            for period in self.periods or (self.season,)
            if period > 1
        ]
        return [function(angle) for angle in angles for function in (np.cos, np.sin)]

    def _dates(self, steps: np.ndarray) -> list[np.ndarray]:
        """Return the place in the season, the weekday, the day of the month and the month."""
        calendar: Calendar | None = calendar_from_dict(self.calendar) if self.calendar else None
        place = steps % self.season
        if calendar is None or getattr(calendar, "counts", False):
            return [place]
        days = calendar.moments(steps).astype("M8[D]")
        months = days.astype("M8[M]")
        return [
            place,
            (days.astype(np.int64) + 3) % 7,
            (days - months.astype("M8[D]")).astype(np.int64),
            months.astype(np.int64) % 12,
        ]


def _running(values: np.ndarray, past: Past) -> np.ndarray:
    """Return the sums of each series' values up to each of them."""
    sums = np.cumsum(values)
    before = np.append(0.0, sums)[past.offsets[:-1]]
    return sums - np.repeat(before, past.lengths)


def _means(past: Past) -> np.ndarray:
    return past.statistic(np.add) / past.lengths
