"""Forecasts of single series as lines with a band, in coordinates that a template draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podium_ml.kinds import Table

# The drawing's size, and room at its edges for the width of the line.
WIDTH, HEIGHT, _EDGE = 600.0, 160.0, 4.0


@dataclass(frozen=True)
class SeriesPath:
    """One series, drawn.

    Attributes:
        name: The series; empty if there is only one.
        line: SVG path of the forecasts.
        band: SVG path of the interval between the outer quantiles; empty without quantiles.
        low: Smallest value in the drawing.
        high: Greatest one.
        first: First time.
        last: Last time.
    """

    name: str
    line: str
    band: str
    low: float
    high: float
    first: str
    last: str


def paths_of(table: Table, problem: Mapping[str, Any]) -> tuple[SeriesPath, ...]:
    """Return the series of a table of forecasts, in its order.

    Args:
        table: The forecasts: columns of series and time, ``forecast`` and quantiles.
        problem: Content of ``problem.json``.
    """
    places = {name: at for at, name in enumerate(table.header)}
    keys = [places[name] for name in problem["series"]["series_columns"] if name in places]
    series: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in table.rows:
        series.setdefault(tuple(row[at] for at in keys), []).append(row)
    time = places.get(problem["series"]["time_column"], 0)
    return tuple(_path(" · ".join(key), rows, places, time) for key, rows in series.items())


def _path(name: str, rows: Sequence[tuple[str, ...]], places: Mapping[str, int], time: int) -> SeriesPath:
    quantiles = [one for one in places if one.startswith("q") and one[1:].replace(".", "", 1).isdecimal()]
    forecast = _values(rows, places["forecast"])
    ends = [_values(rows, places[one]) for one in (quantiles[0], quantiles[-1])] if quantiles else []
    known = [value for values in (forecast, *ends) for value in values]
    low, high = min(known), max(known)

    def points(values: Sequence[float], *, backwards: bool = False) -> str:
        found = [_point(at, value, len(values), low, high) for at, value in enumerate(values)]
        return "L".join(reversed(found) if backwards else found)

    return SeriesPath(
        name=name,
        line=f"M{points(forecast)}",
        band=f"M{points(ends[0])}L{points(ends[1], backwards=True)}Z" if ends else "",
        low=low,
        high=high,
        first=rows[0][time],
        last=rows[-1][time],
    )


def _values(rows: Sequence[tuple[str, ...]], at: int) -> list[float]:
    return [float(row[at] or "nan") for row in rows]


def _point(at: int, value: float, count: int, low: float, high: float) -> str:
    x = _EDGE + (WIDTH - 2 * _EDGE) * at / max(1, count - 1)
    share = (value - low) / (high - low) if high > low else 0.5
    return f"{x:.1f} {HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * share:.1f}"
