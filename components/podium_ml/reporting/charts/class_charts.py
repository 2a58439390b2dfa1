"""Charts of how well a model separates the classes."""

from collections.abc import Sequence
from typing import Any

from podium_ml.reporting.charts._axes import number_ticks, share_ticks, unit_square
from podium_ml.reporting.charts._chart import Chart, LegendEntry
from podium_ml.reporting.charts._colours import FAINT, LINE, MUTED, SERIES, css
from podium_ml.reporting.charts._drawing import drawing
from podium_ml.reporting.formats import number, percent, short

Curve = dict[str, Any]
_LEFT = 56.0
# Calibration points with fewer rows say little, so they are not drawn.
_MIN_ROWS = 10


def class_charts(charts: dict[str, Any]) -> list[Chart]:
    """Draw the curves of a classification's evaluation.

    Args:
        charts: ``Evaluation.charts``.
    """
    makers = {
        "roc": _roc,
        "precision_recall": _precision_recall,
        "calibration": _calibration,
        "gains": _gains,
        "lift": _lift,
    }
    return [make(charts[name]) for name, make in makers.items() if charts.get(name)]


def _roc(curves: Sequence[Curve]) -> Chart:
    with drawing("roc", _alt("ROC curve", curves, "area"), left=_LEFT) as made:
        made.axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2, dashes=(4, 4))
        _lines(made.axes, curves)
        unit_square(made.axes)
        made.axes.set_xlabel("false alarms (false positive rate)")
        made.axes.set_ylabel("members found (recall)")
    return Chart(
        title="ROC curve",
        how="How many false alarms it takes to find the members of a class. The closer to the upper left, the "
        "better; the dashed line is guessing.",
        svg=made.svg,
        legend=_legend(curves, "area"),
    )


def _precision_recall(curves: Sequence[Curve]) -> Chart:
    with drawing("precision-recall", _alt("Precision-recall curve", curves, "area"), left=_LEFT) as made:
        share = curves[0].get("share") if len(curves) == 1 else None
        if share is not None:
            made.axes.axhline(share, color=LINE, linewidth=1.2, dashes=(4, 4))
        _lines(made.axes, curves)
        unit_square(made.axes)
        made.axes.set_xlabel("members found (recall)")
        made.axes.set_ylabel("correct alarms (precision)")
    guessing = "" if share is None else " The dashed line is guessing."
    return Chart(
        title="Precision and recall",
        how=f"Finding more members means accepting more false alarms.{guessing}",
        svg=made.svg,
        legend=_legend(curves, "area"),
    )


def _gains(curves: Sequence[Curve]) -> Chart:
    with drawing("gains", _alt("Cumulative gains", curves), left=_LEFT) as made:
        made.axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2, dashes=(4, 4))
        _lines(made.axes, curves)
        unit_square(made.axes)
        made.axes.set_xlabel("rows checked, most likely first")
        made.axes.set_ylabel("members found")
    return Chart(
        title="Cumulative gains",
        how=_gains_in_words(curves),
        svg=made.svg,
        legend=_legend(curves),
    )


def _gains_in_words(curves: Sequence[Curve]) -> str:
    """Read the curve at a fifth of the rows."""
    x, y = curves[0]["x"], curves[0]["y"]
    at = next((i for i, share in enumerate(x) if share >= 0.2), len(x) - 1)
    label = short(curves[0]["label"], 80)
    return f"The {percent(x[at])} of rows most likely to be “{label}” contain {percent(y[at])} of all “{label}” rows."


def _lift(curves: Sequence[Curve]) -> Chart:
    with drawing("lift", _alt("Lift", curves), left=_LEFT) as made:
        made.axes.axhline(1, color=LINE, linewidth=1.2, dashes=(4, 4))
        _lines(made.axes, curves)
        made.axes.set_xlim(-0.01, 1.01)
        made.axes.set_ylim(0)
        share_ticks(made.axes.xaxis)
        number_ticks(made.axes.yaxis)
        made.axes.set_xlabel("rows checked, most likely first")
        made.axes.set_ylabel("times better than chance")
    return Chart(
        title="Lift",
        how="How many times more members you find than by checking rows at random.",
        svg=made.svg,
        legend=_legend(curves),
    )


def _calibration(curves: Sequence[Curve]) -> Chart:
    with drawing("calibration", _alt("Calibration", curves, "error"), left=_LEFT) as made:
        made.axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2, dashes=(4, 4))
        if len(curves) == 1:
            _counts(made.axes, curves[0])
        for curve, colour in _coloured(curves):
            sure = [at for at, count in enumerate(curve["counts"]) if count >= _MIN_ROWS]
            x, y = ([curve[axis][at] for at in sure] for axis in "xy")
            made.axes.plot(x, y, color=colour, marker="o", markersize=4.5, linewidth=1.5)
        unit_square(made.axes)
        made.axes.set_xlabel("predicted probability")
        made.axes.set_ylabel("observed frequency")
    bars = " Bars show the number of rows." if len(curves) == 1 else ""
    return Chart(
        title="Calibration",
        how=f"If a predicted 70% comes true 7 times out of 10, the points lie on the dashed line.{bars}",
        svg=made.svg,
        legend=_legend(curves, "error"),
    )


def _counts(axes: Any, curve: Curve) -> None:
    """Draw the number of rows behind each point as bars along the bottom."""
    most = max(curve["counts"])
    heights = [0.2 * count / most for count in curve["counts"]]
    axes.bar(
        [int(x * 10) / 10 + 0.05 if x < 1 else 0.95 for x in curve["x"]], heights, width=0.085, color=FAINT
    )


def _lines(axes: Any, curves: Sequence[Curve]) -> None:
    for curve, colour in reversed(_coloured(curves)):
        style: dict[str, Any] = {"dashes": (2, 2), "linewidth": 1.5} if curve.get("average") else {}
        axes.plot(curve["x"], curve["y"], color=colour, **style)


def _coloured(curves: Sequence[Curve]) -> list[tuple[Curve, str]]:
    return [
        (curve, MUTED if curve.get("average") else SERIES[position % len(SERIES)])
        for position, curve in enumerate(curves)
    ]


def _legend(curves: Sequence[Curve], note: str = "") -> tuple[LegendEntry, ...]:
    return tuple(
        LegendEntry(
            label=curve["label"],
            colour=css(colour),
            note=f"{note} {number(curve[note], 3)}" if note in curve else "",
            dashed=bool(curve.get("average")),
        )
        for curve, colour in _coloured(curves)
    )


def _alt(title: str, curves: Sequence[Curve], note: str = "") -> str:
    parts = [
        f"{short(curve['label'], 40)}{f' {note} {number(curve[note], 3)}' if note in curve else ''}"
        for curve in curves
    ]
    return f"{title}: {'; '.join(parts)}"
