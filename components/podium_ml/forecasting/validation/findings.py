"""What the guardrails of series saw and did."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult, Problem
from podium_ml.forecasting.panel.panel import Panel

# Series that end so many horizons before the others are called ended, and examples that a message names.
_ENDED_HORIZONS, _MOST_NAMED = 1, 3


def findings(panel: Panel, problem: Problem, *, missing: int) -> list[GuardrailResult]:
    """Return what users should know of their series.

    Args:
        panel: The series.
        problem: The problem.
        missing: Number of rows without a value of the target.
    """
    return [
        _frequency(panel),
        _clock_changes(panel),
        _missing_times(panel),
        _missing_target(missing),
        _short(panel, problem),
        _ended(panel, problem),
        _constant(panel, problem),
    ]


def planned(plan: pd.DataFrame, problem: Problem) -> GuardrailResult:
    """Return how many future rows the data have, and how much of the horizon they cover."""
    assert problem.series is not None
    rows, known = len(plan), problem.series.known
    if not rows:
        good = "The data have no rows of the future." if known else "No column is known in advance."
        return _result("plan", "Plan", good=good)
    seen = f"{rows:,} rows after the last values are the plan of what to forecast."
    bad = "" if problem.series.plan else f"{seen} They are too many to be kept with the model."
    return _result("plan", "Plan", good=seen, bad=bad, done="Give them with --future when you forecast.")


def _result(
    name: str, title: str, *, good: str, bad: str = "", done: str = "", fixed: bool = False
) -> GuardrailResult:
    if not bad:
        return GuardrailResult(name, title, "passed", good)
    return GuardrailResult(name, title, "fixed" if fixed else "alert", bad, done)


def _frequency(panel: Panel) -> GuardrailResult:
    series = len(panel.ids.labels)
    count = f"{series:,} series" if series > 1 else "One series"
    seen = f"{count}, {len(panel.table):,} rows. Frequency: {panel.calendar.title}."
    bad = f"{seen} {panel.moved:,} times are between the stamps." if panel.moved else ""
    done = "They were moved to the nearest stamp."
    return _result("frequency", "Frequency", good=seen, bad=bad, done=done, fixed=True)


def _clock_changes(panel: Panel) -> GuardrailResult:
    days = ", ".join(panel.clock_changes[:_MOST_NAMED])
    bad = (
        f"Daylight saving: on {days} the clocks were set back, so that an hour is there twice."
        if days
        else ""
    )
    done = "The values of this hour were averaged. Times with their offset from UTC avoid this."
    return _result("clock_changes", "Clock changes", good="No hour is there twice.", bad=bad, done=done)


def _missing_times(panel: Panel) -> GuardrailResult:
    first = np.full(len(panel.ids.labels), np.iinfo(np.int64).max)
    last = np.full(len(panel.ids.labels), np.iinfo(np.int64).min)
    np.minimum.at(first, panel.series, panel.steps)
    np.maximum.at(last, panel.series, panel.steps)
    gaps = int((last - first + 1).sum() - len(panel.steps))
    bad = f"{gaps:,} stamps within the series have no row." if gaps else ""
    done = "Forecasters fill them; they are never scored."
    return _result(
        "missing_times", "Missing times", good="No stamp is missing.", bad=bad, done=done, fixed=True
    )


def _missing_target(missing: int) -> GuardrailResult:
    bad = f"{missing:,} rows have no value of the target." if missing else ""
    done = "They were left out; they are never scored."
    return _result(
        "missing_target", "Missing target", good="No value is missing.", bad=bad, done=done, fixed=True
    )


def _short(panel: Panel, problem: Problem) -> GuardrailResult:
    assert problem.series is not None
    fewest = 2 * problem.series.horizon
    short = np.flatnonzero((panel.lengths < fewest) & (panel.lengths > 0))
    bad = f"{_named(panel, short)} fewer than {fewest} rows, twice the horizon." if len(short) else ""
    done = "They are forecast too, with less certainty."
    return _result("short_series", "Short series", good="Every series is long enough.", bad=bad, done=done)


def _ended(panel: Panel, problem: Problem) -> GuardrailResult:
    assert problem.series is not None
    last = np.full(len(panel.ids.labels), np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.steps)
    ended = np.flatnonzero(last < last.max() - _ENDED_HORIZONS * problem.series.horizon)
    bad = f"{_named(panel, ended)} no rows of the last horizon of the others." if len(ended) else ""
    done = "Their forecasts begin where they end."
    return _result("ended_series", "Ended series", good="All series go on to the end.", bad=bad, done=done)


def _constant(panel: Panel, problem: Problem) -> GuardrailResult:
    values = panel.table[problem.target].groupby(panel.series)
    constant = np.flatnonzero((values.max() == values.min()).to_numpy())
    bad = f"{_named(panel, constant)} a constant value." if len(constant) else ""
    return _result("constant_series", "Constant series", good="Every series varies.", bad=bad)


def _named(panel: Panel, codes: np.ndarray) -> str:
    """Return the names of some series, and a verb that fits what follows."""
    if not panel.ids.columns:
        return "The series has"
    names = ", ".join(f"'{panel.ids.name(int(code))}'" for code in codes[:_MOST_NAMED])
    if len(codes) > _MOST_NAMED:
        return f"{len(codes):,} series ({names}, ...) have"
    return f"{names} {'has' if len(codes) == 1 else 'have'}"
