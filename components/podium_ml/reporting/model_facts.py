"""What is known of every model of a run, in one delivered file: settings, scores, chart data and drivers."""

from dataclasses import asdict
from typing import Any

from podium_ml.metrics import METRICS
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import model_title
from podium_ml.reporting.views.model_details import ModelDetails, model_details_view
from podium_ml.reporting.views.thresholds import thresholds_view

_MOST_COLUMNS = 50


def model_facts(facts: RunFacts) -> dict[str, Any]:
    """Return the facts as JSON.

    Args:
        facts: The run.

    Returns:
        ``models``: for each model of the leaderboard its ``name``, ``title``, ``scores`` by metric with intervals, how
        it was made (``trial``, ``parameters``, ``members``, ``columns``), its ``charts`` as data, and its ``drivers``,
        shares of columns. ``metrics``: titles of the metrics by name. ``thresholds``: what each threshold of the chosen
        model costs.
    """
    details = {one.title: one for one in model_details_view(facts, draw=False)}
    return {
        "models": [
            {
                "name": model.name,
                "title": model_title(model.name),
                "scores": {name: asdict(value) for name, value in model.test.items()},
                "fit_seconds": model.fit_seconds,
                "charts": facts.evaluation.charts_of(model.name),
                "drivers": _drivers(facts, model.name),
                **_made(details.get(model_title(model.name))),
            }
            for model in facts.evaluation.models
        ],
        "metrics": {
            name: METRICS[name].title
            for name in sorted({name for model in facts.evaluation.models for name in model.test})
        },
        "thresholds": [asdict(row) for row in thresholds_view(facts.evaluation.charts)],
    }


def _made(details: ModelDetails | None) -> dict[str, Any]:
    if details is None:
        return {"trial": "", "parameters": [], "members": [], "columns": []}
    return {
        "trial": details.trial,
        "parameters": [asdict(one) for one in details.parameters],
        "members": [asdict(one) for one in details.members],
        "columns": list(details.columns),
    }


def _drivers(facts: RunFacts, name: str) -> dict[str, Any]:
    """Return what a model relies on, and how that was measured."""
    if name == facts.explanation.model and facts.explanation.columns:
        columns = {one.column: one.importance for one in facts.explanation.columns}
        return {"kind": facts.explanation.importance_kind, "columns": _first(columns)}
    importance = facts.importances.models.get(name)
    if importance is None:
        return {"kind": "", "columns": {}}
    return {"kind": importance.kind, "columns": _first(importance.shares)}


def _first(columns: dict[str, float]) -> dict[str, float]:
    return dict(list(columns.items())[:_MOST_COLUMNS])
