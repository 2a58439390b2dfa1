"""Chart data of the models that were not chosen: fewer charts, and fewer points, than of the chosen one."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.run.only_shown import only_shown
from podium_ml.targets import target_of

_CHARTS = ("roc", "precision_recall", "calibration", "predicted_vs_true", "residuals")
# Curves are drawn small, so more rows, points and digits than these cannot be seen.
_ROWS, _POINTS, _DIGITS = 20_000, 80, 4


def model_charts(
    problem: Problem,
    y: np.ndarray,
    raw: Mapping[str, np.ndarray],
    *,
    weight: np.ndarray | None = None,
    deadline: Deadline,
) -> dict[str, dict[str, Any]]:
    """Return the chart data of each model by name; models for which there is no time are left out.

    Args:
        problem: The problem.
        y: Targets of the scored rows, encoded.
        raw: Raw predictions of the same rows by model.
        weight: Weights of the rows, or ``None``.
        deadline: When this must be done.
    """
    rows = np.arange(len(y))
    if len(y) > _ROWS:
        rows = np.sort(np.random.default_rng(problem.seed).choice(len(y), _ROWS, replace=False))
    target, made = target_of(problem), {}
    part = None if weight is None else weight[rows]
    for name, predicted in raw.items():
        if deadline.passed():
            break
        charts: dict[str, Any] = only_shown(
            partial(target.charts, problem, y[rows], predicted[rows], threshold=None, weight=part),
            otherwise=dict,
        )
        made[name] = {chart: _small(charts[chart]) for chart in _CHARTS if charts.get(chart)}
    return made


def _small(chart: Any) -> Any:
    """Thin out the points; of several curves, keep the averages, or else the first one."""
    if isinstance(chart, list):
        averages = [curve for curve in chart if curve.get("average")]
        return [_thinned(curve) for curve in averages or chart[:1]]
    return _thinned(chart)


def _thinned(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(one) for name, one in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _thinned(value)
    if isinstance(value, list):
        return [_value(one) for one in _some(value)]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _some(values: Sequence[Any]) -> Sequence[Any]:
    """Return evenly spaced values, the first and the last among them; lists of one chart keep their pairs."""
    if len(values) <= _POINTS:
        return values
    return [values[at] for at in np.linspace(0, len(values) - 1, _POINTS).astype(int)]
