"""Small charts of how the prediction depends on one column."""

from typing import Any

from podium_ml.contracts import ColumnProfile, PartialDependence
from podium_ml.reporting.charts._axes import number_ticks
from podium_ml.reporting.charts._chart import Chart, LegendEntry
from podium_ml.reporting.charts._colours import FAINT, LINE, SERIES, css
from podium_ml.reporting.charts._drawing import Drawing, drawing
from podium_ml.reporting.formats import number, short

_HEIGHT, _LABEL = 210.0, 17
# Pixels of a letter beside the axis, and the most letters of a category there.
_LETTER, _MOST_LETTERS = 5.6, 32
_MAX_CATEGORIES = 10


def dependence_chart(
    found: PartialDependence,
    *,
    position: int,
    limits: tuple[float, float],
    profile: ColumnProfile | None,
    what: str,
) -> Chart:
    """Draw one partial dependence.

    Args:
        found: The dependence.
        position: Number of the chart on its page.
        limits: Lowest and highest mean prediction of all such charts, so that they are comparable.
        profile: Statistics of the column; its histogram is drawn behind the line.
        what: What is predicted, for the vertical axis.
    """
    name, alt = f"dependence-{position}", _alt(found)
    low, high = limits
    margin = 0.08 * (high - low) or abs(high) * 0.1 or 1.0
    if _is_line(found):
        with drawing(name, alt, height=_HEIGHT, left=50, bottom=34) as made:
            _draw_line(made, found, profile)
            made.axes.set_ylim(low - margin, high + margin)
            made.axes.set_ylabel(short(what, 26))
            number_ticks(made.axes.yaxis, most=4)
    else:
        with drawing(name, alt, height=_HEIGHT, left=_room(found), bottom=40) as made:
            _draw_categories(made, found)
            made.axes.set_xlim(low - margin, high + margin)
            made.axes.set_xlabel(short(what, 36))
            number_ticks(made.axes.xaxis, most=4)
    return Chart(title=found.column, how="", svg=made.svg, legend=_legend(found))


def dependence_limits(found: tuple[PartialDependence, ...]) -> tuple[float, float]:
    """Return the lowest and highest mean prediction."""
    every = [value for one in found for values in one.values for value in values]
    return min(every), max(every)


def _room(found: PartialDependence) -> float:
    """Return the room that the names of the categories need."""
    longest = max(len(short(value, _MOST_LETTERS)) for value in found.grid)
    return max(60.0, 12.0 + _LETTER * longest)


def _is_line(found: PartialDependence) -> bool:
    """Return whether to draw a line: for numbers, or for more text values than a category would have."""
    return not any(isinstance(value, str) for value in found.grid) or len(found.grid) > _MAX_CATEGORIES


def _draw_line(made: Drawing, found: PartialDependence, profile: ColumnProfile | None) -> None:
    axes = made.axes
    if any(isinstance(value, str) for value in found.grid):
        places = [float(place) for place in range(len(found.grid))]
        shown = [0, len(places) // 2, len(places) - 1]
        axes.set_xticks(shown, [short(found.grid[at], _LABEL) for at in shown])
        for label, side in zip(axes.get_xticklabels(), ("left", "center", "right"), strict=True):
            label.set_horizontalalignment(side)  # so that the outer labels stay within the chart
    else:
        places = [float(value) for value in found.grid]
        number_ticks(axes.xaxis, most=4)
        if profile is not None and len(profile.edges) == len(profile.counts) + 1:
            _draw_histogram(axes, profile)
    for values, colour in zip(found.values, SERIES, strict=False):
        axes.plot(places, values, color=colour)
    axes.set_xlim(min(places), max(places))


def _draw_histogram(axes: Any, profile: ColumnProfile) -> None:
    """Draw the distribution of the rows behind the line."""
    behind = axes.twinx()
    widths = [right - left for left, right in zip(profile.edges, profile.edges[1:], strict=False)]
    behind.bar(profile.edges[:-1], profile.counts, width=widths, align="edge", color=FAINT, linewidth=0)
    behind.set_ylim(0, 3.5 * max(profile.counts))
    behind.set_axis_off()
    axes.set_zorder(behind.get_zorder() + 1)


def _draw_categories(made: Drawing, found: PartialDependence) -> None:
    axes, places = made.axes, list(range(len(found.grid)))
    for values, colour in zip(found.values, SERIES, strict=False):
        if len(found.values) == 1:
            axes.hlines(places, sum(values) / len(values), values, color=LINE, linewidth=1.5)
        axes.plot(values, places, color=colour, marker="o", markersize=6.5, linewidth=0, clip_on=False)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_yticks(places, [short(value, _MOST_LETTERS) for value in found.grid])


def _legend(found: PartialDependence) -> tuple[LegendEntry, ...]:
    if len(found.labels) < 2:
        return ()
    return tuple(LegendEntry(label, css(colour)) for label, colour in zip(found.labels, SERIES, strict=False))


def _alt(found: PartialDependence) -> str:
    first, grid = found.values[0], found.grid
    ends = f"from {number(first[0], 3)} at {_shown(grid[0])} to {number(first[-1], 3)} at {_shown(grid[-1])}"
    return f"Mean prediction as {short(found.column, 60)} varies: {ends}"


def _shown(value: float | str) -> str:
    return short(value, 30) if isinstance(value, str) else number(value, 3)
