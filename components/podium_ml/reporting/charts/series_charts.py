"""Charts of forecasts: series with their intervals, and how errors are spread over time."""

from typing import Any

import numpy as np

from podium_ml.reporting.charts._axes import number_ticks, share_ticks
from podium_ml.reporting.charts._chart import Chart, LegendEntry
from podium_ml.reporting.charts._colours import ACCENT, INK, LINE, SERIES, css
from podium_ml.reporting.charts._drawing import drawing
from podium_ml.reporting.formats import percent

_LEFT, _WIDTH = 50.0, 740.0
_FUTURE = SERIES[1]


def forecast_charts(charts: dict[str, Any]) -> list[Chart]:
    """Draw some series with their past, what happened and what was forecast.

    Args:
        charts: ``Evaluation.charts``.
    """
    return [_forecast(found, number) for number, found in enumerate(charts.get("forecasts", ()))]


def series_charts(charts: dict[str, Any]) -> list[Chart]:
    """Draw the charts of forecast errors.

    Args:
        charts: ``Evaluation.charts``.
    """
    made = []
    if found := charts.get("error_by_step"):
        made.append(_by_step(found))
    if found := charts.get("error_by_window"):
        made.append(_by_window(found))
    if found := charts.get("interval_coverage"):
        made.append(_coverage(found))
    if found := charts.get("residual_autocorrelation"):
        made.append(_autocorrelation(found))
    if found := charts.get("decomposition"):
        made += [_trend(found), _season(found)]
    return made


def _forecast(found: dict[str, Any], number: int) -> Chart:
    steps, ahead = np.array(found["steps"]), len(found["forecast"])
    past, future = steps[:-ahead], steps[-ahead:]
    title = f"{found['series']} ({found['title']})" if found["title"] else found["series"]
    with drawing(f"forecast-{number}", f"Forecast of {found['series']}", left=_LEFT, width=_WIDTH) as made:
        axes = made.axes
        axes.plot(past, found["past"], color=INK, linewidth=1.4)
        # The lines meet at the last known value, so that the eye can follow them.
        start = ([past[-1]], [found["past"][-1]]) if len(past) else ([], [])
        axes.fill_between(future, found["low"], found["high"], color=_FUTURE, alpha=0.2, linewidth=0)
        axes.plot([*start[0], *future], [*start[1], *found["value"]], color=INK, linewidth=1.4)
        axes.plot([*start[0], *future], [*start[1], *found["forecast"]], color=_FUTURE)
        axes.axvline(
            (past[-1] + future[0]) / 2 if len(past) else future[0], color=LINE, linewidth=1.2, dashes=(4, 4)
        )
        places = np.unique(np.linspace(0, len(steps) - 1, 5).astype(int))
        axes.set_xticks(steps[places], [found["stamps"][place] for place in places])
        number_ticks(axes.yaxis)
    return Chart(
        title=title,
        how=f"MASE {found['mase']:.3g}. The model saw what is left of the dashed line.",
        svg=made.svg,
        legend=(
            LegendEntry("what happened", css(INK)),
            LegendEntry("forecast and 80% interval", css(_FUTURE)),
        ),
        wide=True,
    )


def _by_step(found: dict[str, Any]) -> Chart:
    legend = []
    with drawing("error-by-step", "Error by steps ahead", left=_LEFT) as made:
        for (name, part), colour in zip(found.items(), (ACCENT, SERIES[1]), strict=False):
            made.axes.plot(part["step"], part["mase"], color=colour, marker="o", markersize=3)
            legend.append(LegendEntry(name, css(colour)))
        made.axes.set(xlabel="steps ahead", ylabel="MASE")
        made.axes.set_ylim(bottom=0)
        number_ticks(made.axes.xaxis)
        number_ticks(made.axes.yaxis)
    return Chart(
        title="Error by steps ahead",
        how="Below 1, the forecast is better than repeating the last season was on average.",
        svg=made.svg,
        legend=tuple(legend),
    )


def _by_window(found: list[dict[str, Any]]) -> Chart:
    places = np.arange(len(found))
    with drawing("error-by-window", "Error by window", left=_LEFT) as made:
        colours = [ACCENT if one["use"] == "test" else SERIES[1] for one in found]
        made.axes.bar(places, [one["mase"] for one in found], width=0.7, color=colours)
        shown = np.unique(np.linspace(0, len(found) - 1, min(3, len(found))).astype(int))
        made.axes.set_xticks(places[shown], [found[place]["from"] for place in shown])
        made.axes.set(xlabel="first stamp of the window", ylabel="MASE")
        number_ticks(made.axes.yaxis)
    return Chart(
        title="Error by window",
        how="Windows before the test chose the model; the test did not.",
        svg=made.svg,
        legend=(LegendEntry("test", css(ACCENT)), LegendEntry("windows before", css(SERIES[1]))),
    )


def _coverage(found: dict[str, Any]) -> Chart:
    legend = []
    with drawing("interval-coverage", "Coverage of intervals", left=_LEFT) as made:
        axes = made.axes
        axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2, dashes=(4, 4))
        for (name, part), colour in zip(found.items(), (ACCENT, SERIES[1]), strict=False):
            axes.plot(part["level"], part["coverage"], color=colour, marker="o", markersize=3)
            legend.append(LegendEntry(name, css(colour), f"{part['rows']:,}"))
        axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), xlabel="level of the interval", ylabel="values inside")
        share_ticks(axes.xaxis)
        share_ticks(axes.yaxis)
    return Chart(
        title="Do the intervals hold?",
        how="On the dashed line, an interval holds as many values as it promises. Above it, intervals are too wide.",
        svg=made.svg,
        legend=tuple(legend),
    )


def _autocorrelation(found: dict[str, Any]) -> Chart:
    lags = np.array(found["lag"])
    with drawing("residual-autocorrelation", "Autocorrelation of errors", left=_LEFT) as made:
        axes = made.axes
        axes.fill_between(
            lags, np.negative(found["bound"]), found["bound"], color=LINE, alpha=0.3, linewidth=0
        )
        axes.bar(lags, found["value"], width=0.5, color=ACCENT)
        axes.axhline(0, color=LINE, linewidth=1.2)
        axes.set(xlabel="steps apart", ylabel="correlation", ylim=(-1.05, 1.05))
        number_ticks(axes.xaxis)
    return Chart(
        title="Are errors alike in a row?",
        how="Errors of one forecast mostly go the same way. Bars beyond the band are more than chance.",
        svg=made.svg,
    )


def _trend(found: dict[str, Any]) -> Chart:
    steps = np.array(found["steps"])
    with drawing("trend", "Trend", left=_LEFT) as made:
        axes = made.axes
        axes.plot(steps, found["value"], color=LINE, linewidth=1.0)
        axes.plot(steps, [np.nan if one is None else one for one in found["trend"]], color=ACCENT)
        places = np.unique(np.linspace(0, len(steps) - 1, 3).astype(int))
        axes.set_xticks(steps[places], [found["stamps"][place] for place in places])
        number_ticks(axes.yaxis)
    return Chart(
        title=f"Trend of {found['series']}",
        how=f"The mean of a season around each step. Its strength is {percent(found['trend_strength'])}.",
        svg=made.svg,
    )


def _season(found: dict[str, Any]) -> Chart:
    with drawing("season", "Season", left=_LEFT) as made:
        axes = made.axes
        axes.bar(np.arange(1, len(found["season"]) + 1), found["season"], color=ACCENT)
        axes.axhline(0, color=LINE, linewidth=1.2)
        axes.set(xlabel="place in the season", ylabel="above the trend")
        number_ticks(axes.xaxis)
        number_ticks(axes.yaxis)
    return Chart(
        title=f"Season of {found['series']}",
        how=f"How far values are usually above the trend. Its strength is {percent(found['season_strength'])}.",
        svg=made.svg,
    )
