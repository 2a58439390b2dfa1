"""Axis ticks and limits shared by the charts."""

import math
from typing import Any

# Smallest value that uses a unit, the unit and its letter. Years stay whole.
_UNITS = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def compact(value: float) -> str:
    """Return a number short enough for a tick label.

    >>> compact(0.25), compact(1950), compact(15_000), compact(-2_000_000), compact(0), compact(0.00002)
    ('0.25', '1950', '15k', '−2M', '0', '2e-05')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else ""
    fitting = ((unit, letter) for start, unit, letter in _UNITS if abs(value) >= start)
    unit, letter = next(fitting, (1.0, ""))
    return f"{value / unit:.4g}{letter}".replace("-", "−", 1 if value < 0 else 0)


def number_ticks(axis: Any, *, most: int = 5) -> None:
    """Label an axis with a few round numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: compact(round(value, 12))))


def share_ticks(axis: Any) -> None:
    """Label an axis from 0 to 1 with percentages."""
    axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])


def unit_square(axes: Any) -> None:
    """Set both axes to 0 to 1, in percent, with room for a line at the edge."""
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.015, 1.015)
    share_ticks(axes.xaxis)
    share_ticks(axes.yaxis)
