"""Chart data of forecasts: what a report shows of the chosen model beside its scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.newer_history import stamps
from podium_ml.splits.rolling import steps_before_end
from podium_ml.targets import predicted_rows

# Series that are drawn, series in the table, and the most points of the past that are drawn for each.
_DRAWN, _LISTED, _PAST = 12, 20, 120
_MOST_LAGS, _FEWEST_PAIRS = 24, 8
_TREND, _DIGITS = 400, 6


@dataclass(frozen=True)
class _Windows:
    """Horizons at the end of series.

    Attributes:
        end: Their last step; ``None`` for that of each series.
        step: Steps from one to the next.
        horizon: Steps of one.
    """

    end: int | None
    step: int
    horizon: int


@dataclass(frozen=True)
class _Scored:
    """Rows with their forecasts; rows of one series are in the order of time.

    Attributes:
        codes: Code of the series of each row, shape ``(n,)``.
        steps: Its step on the calendar.
        value: What happened.
        scale: Scale of the errors of its series.
        raw: Point and quantiles, shape ``(n, 1 + q)``.
        ahead: Steps from the origin of the forecast, from 1.
        window: Windows from the end, from 0.
    """

    codes: np.ndarray
    steps: np.ndarray
    value: np.ndarray
    scale: np.ndarray
    raw: np.ndarray
    ahead: np.ndarray
    window: np.ndarray

    @classmethod
    def of(
        cls, table: FeatureTable, raw: np.ndarray, windows: "_Windows", *, rows: np.ndarray | None = None
    ) -> "_Scored":
        """Return the rows of a table that have a forecast.

        Args:
            table: Rows up to the end of the windows.
            raw: Forecasts of ``rows``.
            windows: Where its windows are.
            rows: Positions of the rows with a forecast; by default all.
        """
        codes, steps = _codes(table), _steps(table)
        place = steps_before_end(windows.end, codes, steps)
        kept = np.arange(len(codes)) if rows is None else rows
        order = np.lexsort((steps[kept], codes[kept]))
        kept, raw = kept[order], raw[order]
        window = place[kept] // windows.step
        ahead = windows.horizon - (place[kept] - window * windows.step)
        y = table.y[kept]
        return cls(codes[kept], steps[kept], y[:, 0], y[:, 1], raw, ahead, window)

    def of_rows(self, rows: np.ndarray) -> "_Scored":
        return _Scored(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @property
    def error(self) -> np.ndarray:
        """Forecast less value, divided by the scale of the series."""
        return (self.raw[:, 0] - self.value) / self.scale


def forecast_charts(
    problem: Problem, *, train: FeatureTable, oof: np.ndarray, test: FeatureTable | None, raw: np.ndarray
) -> dict[str, Any]:
    """Return the chart data of the chosen model.

    Args:
        problem: The problem.
        train: The training rows.
        oof: Their out-of-fold forecasts, NaN for rows without any, shape ``(n, 1 + q)``.
        test: The test rows, or ``None`` without any.
        raw: Forecasts of the test rows.

    Returns:
        ``forecasts`` (some series with their past, forecast and intervals), ``series_scores`` (a row a series),
        ``error_by_step``, ``error_by_window``, ``interval_coverage`` and ``residual_autocorrelation``.
    """
    assert problem.series is not None
    task, known = problem.series, predicted_rows(oof)
    before = _Scored.of(train, oof[known], _Windows(task.train_end, task.step, task.horizon), rows=known)
    latest = before.of_rows(np.flatnonzero(before.window == 0))
    scored = latest if test is None else _Scored.of(test, raw, _Windows(task.end, task.horizon, task.horizon))
    parts = {"windows before": before} if test is None else {"test": scored, "windows before": before}
    scores = _series_scores(scored)
    return {
        "forecasts": list(_drawn(problem, scores, train=train, scored=scored)),
        "series_scores": _listed(problem, scores),
        "error_by_step": _by_step(parts),
        "error_by_window": _by_window(problem, parts),
        "interval_coverage": _coverage(parts),
        "residual_autocorrelation": _autocorrelation(before),
        "decomposition": decomposition(problem, train, int(scores["code"][np.argmax(scores["size"])])),
    }


def _series_scores(scored: _Scored) -> dict[str, np.ndarray]:
    """Return a row for each scored series: code, mean scaled error, bias, coverage of 80%, and mean size."""
    codes, of = np.unique(scored.codes, return_inverse=True)
    count = np.bincount(of)
    inside = (scored.value >= scored.raw[:, 1]) & (scored.value <= scored.raw[:, -1])

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(of, weights=values) / count

    return {
        "code": codes,
        "mase": mean(np.abs(scored.error)),
        "bias": mean(scored.error),
        "coverage": mean(inside.astype(float)),
        "size": mean(np.abs(scored.value)),
    }


def _choice(scores: dict[str, np.ndarray]) -> dict[int, str]:
    """Return the places of the series to draw: the best, the median, the worst, the largest, and others in between."""
    order = np.argsort(scores["mase"], kind="stable")
    if len(order) == 1:
        return {0: ""}
    chosen: dict[int, str] = {}
    named = {
        "largest": int(np.argmax(scores["size"])),
        "best": int(order[0]),
        "median": int(order[len(order) // 2]),
        "worst": int(order[-1]),
    }
    for title, place in named.items():
        chosen[place] = f"{chosen[place]}, {title}" if place in chosen else title
    for place in order[np.linspace(0, len(order) - 1, min(_DRAWN, len(order))).astype(int)]:
        if len(chosen) < _DRAWN:
            chosen.setdefault(int(place), "")
    return chosen


def _drawn(
    problem: Problem, scores: dict[str, np.ndarray], *, train: FeatureTable, scored: _Scored
) -> Iterator[dict[str, Any]]:
    assert problem.series is not None
    most = max(2 * problem.series.season, 4 * problem.series.horizon)
    most = min(_PAST, max(most, 24))
    codes, steps = _codes(train), _steps(train)
    for place, title in _choice(scores).items():
        code = int(scores["code"][place])
        past = np.flatnonzero(codes == code)
        ahead = scored.of_rows(np.flatnonzero(scored.codes == code))
        past = past[steps[past] < ahead.steps[0]]
        past = past[np.argsort(steps[past])][-most:]
        yield {
            "series": series_title(problem, code),
            "title": title,
            "mase": _short(scores["mase"][place]),
            "stamps": stamps(problem, np.append(steps[past], ahead.steps)),
            "steps": [*steps[past].tolist(), *ahead.steps.tolist()],
            "past": _list(train.y[past, 0]),
            "value": _list(ahead.value),
            "forecast": _list(ahead.raw[:, 0]),
            "low": _list(ahead.raw[:, 1]),
            "high": _list(ahead.raw[:, -1]),
        }


def _listed(problem: Problem, scores: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Return the series with the largest errors, the largest first; nothing for a single series."""
    order = np.argsort(-scores["mase"], kind="stable")[:_LISTED]
    if len(scores["code"]) < 2:
        return []
    return [
        {
            "series": series_title(problem, int(scores["code"][place])),
            **{name: _short(scores[name][place]) for name in ("mase", "bias", "coverage")},
        }
        for place in order
    ]


def _by_step(parts: dict[str, _Scored]) -> dict[str, Any]:
    """Return the mean scaled error by steps ahead, for each part."""
    return {
        name: {
            "step": steps.tolist(),
            "mase": _list(np.bincount(of, weights=np.abs(part.error)) / np.bincount(of)),
        }
        for name, part in parts.items()
        if len(part.codes)
        for steps, of in [np.unique(part.ahead, return_inverse=True)]
    }


def _by_window(problem: Problem, parts: dict[str, _Scored]) -> list[dict[str, Any]]:
    """Return the mean scaled error of each window, the oldest first, with the first stamp of the latest series."""
    found = []
    for name, part in sorted(parts.items(), reverse=True):
        for window in sorted(set(part.window.tolist()), reverse=True):
            rows = part.window == window
            start = int((part.steps - part.ahead + 1)[rows].max())
            error = float(np.abs(part.error[rows]).mean())
            found.append({"from": stamps(problem, np.array([start]))[0], "use": name, "mase": _short(error)})
    return found


def _coverage(parts: dict[str, _Scored]) -> dict[str, Any]:
    """Return how many values the intervals of each level hold."""
    pairs = [(at, len(LEVELS) - 1 - at) for at in range(len(LEVELS) // 2)]
    return {
        name: {
            "level": [round(LEVELS[high] - LEVELS[low], 3) for low, high in reversed(pairs)],
            "coverage": [
                _short(((part.value >= part.raw[:, 1 + low]) & (part.value <= part.raw[:, 1 + high])).mean())
                for low, high in reversed(pairs)
            ],
            "rows": len(part.codes),
        }
        for name, part in parts.items()
        if len(part.codes)
    }


def _autocorrelation(part: _Scored) -> dict[str, Any]:
    """Return the mean autocorrelation of errors within windows, by lag, with the bounds of chance (Bartlett)."""
    runs = part.codes * (part.window.max(initial=0) + 1) + part.window
    error = part.error - part.error.mean() if len(part.error) else part.error
    power = float((error**2).mean()) if len(error) else 0.0
    lags, values, bounds = [], [], []
    for lag in range(1, _MOST_LAGS + 1):
        same = runs[lag:] == runs[:-lag]
        pairs = int(same.sum())
        if pairs < _FEWEST_PAIRS or not power:
            break
        lags.append(lag)
        values.append(_short(float((error[lag:] * error[:-lag])[same].mean() / power)))
        bounds.append(_short(1.96 / np.sqrt(pairs)))
    return {"lag": lags, "value": values, "bound": bounds} if lags else {}


def decomposition(problem: Problem, train: FeatureTable, code: int) -> dict[str, Any]:
    """Return the trend and the season of one series, by moving averages; empty if it has no two seasons.

    The strengths are those of Wang, Smith and Hyndman (2006): the share of the variance beyond the remainder's.
    """
    assert problem.series is not None
    season, rows = problem.series.season, np.flatnonzero(_codes(train) == code)
    rows = rows[np.argsort(_steps(train)[rows], kind="stable")]
    value, steps = train.y[rows, 0], _steps(train)[rows]
    if season < 2 or len(value) < 3 * season:
        return {}
    trend = pd.Series(value).rolling(season, center=True).mean()
    if season % 2 == 0:
        trend = trend.rolling(2).mean().shift(-1)
    without = value - trend.to_numpy()
    phase = steps % season
    pattern = pd.Series(without).groupby(phase).mean().reindex(range(season))
    if pattern.isna().any():
        return {}
    pattern -= pattern.mean()
    rest = without - pattern.to_numpy()[phase]
    known = np.isfinite(rest)
    variance = float(np.var(rest[known]))

    def strength(part: np.ndarray) -> float:
        whole = float(np.var(part[known]))
        return _short(max(0.0, 1 - variance / whole)) if whole else 0.0

    shown = slice(-_TREND, None)
    return {
        "series": series_title(problem, code),
        "steps": steps[shown].tolist(),
        "stamps": stamps(problem, steps[shown]),
        "value": _list(value[shown]),
        "trend": [None if np.isnan(one) else _short(one) for one in trend.to_numpy()[shown]],
        "season": _list(pattern.to_numpy()),
        "trend_strength": strength(value - pattern.to_numpy()[phase]),
        "season_strength": strength(without),
    }


def series_title(problem: Problem, code: int) -> str:
    """Return the name of a series; that of the target if there is one series."""
    assert problem.series is not None
    return ", ".join(problem.series.labels[code]) or problem.target


def _codes(table: FeatureTable) -> np.ndarray:
    return table.X[SERIES].to_numpy(dtype=np.int64)


def _steps(table: FeatureTable) -> np.ndarray:
    return table.X[STEP].to_numpy(dtype=np.int64)


def _list(values: np.ndarray) -> list[float]:
    return [_short(value) for value in values]


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
