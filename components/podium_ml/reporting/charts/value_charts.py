"""Charts of how close predicted values are to the true ones."""

from typing import Any

import numpy as np

from podium_ml.reporting.charts._axes import number_ticks
from podium_ml.reporting.charts._chart import Chart, LegendEntry
from podium_ml.reporting.charts._colours import ACCENT, LINE, SERIES, css
from podium_ml.reporting.charts._drawing import dots, drawing
from podium_ml.reporting.formats import number

_LEFT = 50.0
# Percentiles that the axes cover; a few extreme values would flatten the rest.
_SHOWN = (0.5, 99.5)


def value_charts(charts: dict[str, Any]) -> list[Chart]:
    """Draw the charts of a regression's evaluation.

    Args:
        charts: ``Evaluation.charts``.
    """
    made = []
    if found := charts.get("predicted_vs_true"):
        made.append(_predicted_vs_true(found))
    if found := charts.get("residuals"):
        made += [_residual_histogram(found), _residuals(found)]
    return made


def _predicted_vs_true(found: dict[str, Any]) -> Chart:
    true, predicted, bins = np.array(found["true"]), np.array(found["predicted"]), found["bins"]
    low, high = _limits(np.concatenate([true, predicted]))
    with drawing("predicted-vs-true", "Predicted versus true values", left=_LEFT) as made:
        axes = made.axes
        axes.plot([low, high], [low, high], color=LINE, linewidth=1.2, dashes=(4, 4))
        dots(axes, true, predicted, size=3.5, colour=ACCENT, alpha=0.5)
        axes.fill_between(bins["true"], bins["low"], bins["high"], color=SERIES[1], alpha=0.16, linewidth=0)
        axes.plot(bins["true"], bins["predicted"], color=SERIES[1])
        axes.set(xlim=(low, high), ylim=(low, high), xlabel="true value", ylabel="predicted value")
        number_ticks(axes.xaxis)
        number_ticks(axes.yaxis)
    return Chart(
        title="Predicted versus true",
        how="Points on the dashed line are exact predictions. The band covers the middle 80% of predictions.",
        svg=made.svg,
        legend=(LegendEntry("one row", css(ACCENT)), LegendEntry("mean prediction", css(SERIES[1]))),
    )


def _residual_histogram(found: dict[str, Any]) -> Chart:
    edges, counts = np.array(found["edges"]), np.array(found["counts"])
    with drawing("residual-histogram", "Histogram of errors", left=_LEFT) as made:
        axes = made.axes
        axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color=ACCENT)
        axes.axvline(0, color=LINE, linewidth=1.2, dashes=(4, 4))
        axes.set(xlabel="predicted minus true", ylabel="weighted rows" if found.get("weighted") else "rows")
        number_ticks(axes.xaxis)
        number_ticks(axes.yaxis)
    return Chart(
        title="Errors",
        how=f"How far off predictions are: {_share_too_high(edges, counts)} The outer bars include everything beyond.",
        svg=made.svg,
    )


def _share_too_high(edges: np.ndarray, counts: np.ndarray) -> str:
    middles = (edges[:-1] + edges[1:]) / 2
    share = counts[middles > 0].sum() / max(1, counts.sum())
    return f"about {number(100 * share, 2)}% are too high, the others too low."


def _residuals(found: dict[str, Any]) -> Chart:
    predicted, residual = np.array(found["predicted"]), np.array(found["residual"])
    with drawing("residuals", "Errors versus predicted values", left=_LEFT) as made:
        axes = made.axes
        axes.axhline(0, color=LINE, linewidth=1.2, dashes=(4, 4))
        dots(axes, predicted, residual, size=3.5, colour=ACCENT, alpha=0.5)
        axes.set(xlim=_limits(predicted), ylim=_limits(residual))
        axes.set(xlabel="predicted value", ylabel="predicted minus true")
        number_ticks(axes.xaxis)
        number_ticks(axes.yaxis)
    return Chart(
        title="Errors by prediction",
        how="A good model shows a level cloud around the dashed line, without a bend or a funnel.",
        svg=made.svg,
    )


def _limits(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, _SHOWN)
    margin = 0.04 * (high - low) or abs(high) * 0.1 or 1.0
    return float(low - margin), float(high + margin)
