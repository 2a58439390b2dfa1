"""The charts of a model that was not chosen."""

from collections.abc import Callable
from typing import Any

from podium_ml.reporting.charts._axes import compact
from podium_ml.reporting.charts._chart import Chart
from podium_ml.reporting.charts._small_plot import SmallPlot
from podium_ml.reporting.formats import number, percent

_UNIT = (0.0, 1.0)


def model_charts(charts: dict[str, Any]) -> list[Chart]:
    """Draw the charts of one model.

    Args:
        charts: One of ``Evaluation.model_charts``.
    """
    makers: dict[str, Callable[[Any], Chart]] = {
        "roc": _roc,
        "precision_recall": _precision_recall,
        "calibration": _calibration,
        "predicted_vs_true": _predicted_vs_true,
        "residuals": _errors,
    }
    return [make(charts[name]) for name, make in makers.items() if charts.get(name)]


def _roc(curves: list[dict[str, Any]]) -> Chart:
    plot = _unit_plot("false alarms", "members found")
    plot.line(_UNIT, _UNIT, "line", dashed=True)
    return _curves("ROC curve", plot, curves, "area")


def _precision_recall(curves: list[dict[str, Any]]) -> Chart:
    return _curves("Precision and recall", _unit_plot("members found", "correct alarms"), curves, "area")


def _calibration(curves: list[dict[str, Any]]) -> Chart:
    plot = _unit_plot("predicted probability", "observed frequency")
    plot.line(_UNIT, _UNIT, "line", dashed=True)
    for curve in curves:
        plot.dots(curve["x"], curve["y"], "series-1", size=6.0)
    return _curves("Calibration", plot, curves, "error")


def _unit_plot(horizontal: str, vertical: str) -> SmallPlot:
    return SmallPlot(_UNIT, _UNIT, labels=(horizontal, vertical), ticks=percent)


def _curves(title: str, plot: SmallPlot, curves: list[dict[str, Any]], note: str) -> Chart:
    """Draw curves; the first one has the stronger colour."""
    for position, curve in reversed(list(enumerate(curves))):
        plot.line(curve["x"], curve["y"], "muted" if position else "series-1")
    notes = [f"{curve['label']}: {note} {number(curve.get(note), 3)}" for curve in curves]
    return Chart(title=title, how="; ".join(notes), svg=plot.svg(f"{title}: {'; '.join(notes)}"))


def _predicted_vs_true(found: dict[str, Any]) -> Chart:
    both = [*found["true"], *found["predicted"]]
    ends = _ends(min(both), max(both))
    plot = SmallPlot(ends, ends, labels=("true value", "predicted value"), ticks=_tick)
    plot.line(ends, ends, "line", dashed=True)
    plot.dots(found["true"], found["predicted"], "accent")
    how = "Points on the dashed line are exact predictions."
    return Chart(title="Predicted versus true", how=how, svg=plot.svg("Predicted versus true values"))


def _errors(found: dict[str, Any]) -> Chart:
    edges, counts = found["edges"], found["counts"]
    plot = SmallPlot(
        _ends(edges[0], edges[-1]),
        (0.0, float(max(counts))),
        labels=("predicted minus true", "weighted rows" if found.get("weighted") else "rows"),
        ticks=_tick,
    )
    plot.bars(edges, counts, "accent")
    alt = f"Histogram of errors from {number(edges[0], 3)} to {number(edges[-1], 3)}"
    return Chart(title="Errors", how="How far off predictions are.", svg=plot.svg(alt))


def _tick(value: float) -> str:
    """Label a tick with three digits, for which there is room."""
    return compact(float(f"{value:.3g}"))


def _ends(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 1.0, high + 1.0)
