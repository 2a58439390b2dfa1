"""What drives the model."""

from dataclasses import dataclass
from typing import Any

from podium_ml.contracts import ColumnImportance, ColumnProfile, Explanation, Problem, RowExplanation
from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.dependence_charts import dependence_chart, dependence_limits
from podium_ml.reporting.formats import number, short
from podium_ml.reporting.swarm import Strip, draw_strips
from podium_ml.reporting.titles import in_sentence, metric_of

_SHOWN_BARS = 12
_SHOWN_CONTRIBUTIONS = 7


@dataclass(frozen=True)
class ImportanceBar:
    """One column's importance, with the lengths of its bars in percent.

    Attributes:
        column: The column.
        importance: Drop in the score.
        std: Its standard deviation.
        shap: Mean absolute contribution, or ``None``.
        width: Length of the importance bar.
        spread: Length of the standard deviation on the same scale.
        shap_width: Length of the mean contribution bar.
    """

    column: str
    importance: float
    std: float
    shap: float | None
    width: float
    spread: float
    shap_width: float


@dataclass(frozen=True)
class ContributionBar:
    """One column's contribution to one prediction.

    Attributes:
        column: The column, or a label for all other columns.
        value: The row's value as text; empty for all other columns.
        contribution: Signed contribution.
        width: Length of the bar in percent of half the scale.
    """

    column: str
    value: str
    contribution: float
    width: float


@dataclass(frozen=True)
class ExampleCard:
    """One explained row."""

    row: RowExplanation
    right: bool | None
    bars: tuple[ContributionBar, ...]


@dataclass(frozen=True)
class DriversView:
    """Everything the section shows.

    Attributes:
        metric: Title of the metric that importance is measured in.
        rows: Number of rows that importance was measured on.
        bars: The most important columns.
        more: The others.
        useless: Number of columns that can be shuffled without hurting the score.
        swarm: Strips of the beeswarm.
        swarm_label: Class whose probability the beeswarm explains, or empty.
        swarm_ends: Labels of the beeswarm's scale.
        dependence: Charts of partial dependence.
        dependence_what: Quantity whose mean they show.
        examples: Explained rows.
        method: How contributions were computed, in words.
        notes: Parts that were left out.
    """

    metric: str
    rows: int
    bars: tuple[ImportanceBar, ...]
    more: tuple[ImportanceBar, ...]
    useless: int
    swarm: tuple[Strip, ...]
    swarm_label: str
    swarm_ends: tuple[str, str]
    dependence: tuple[Chart, ...]
    dependence_what: str
    examples: tuple[ExampleCard, ...]
    method: str
    notes: tuple[str, ...]


_METHODS = {
    "tree": "computed exactly from the model's trees (TreeSHAP)",
    "permutation": "estimated by sampling (permutation SHAP)",
}


def drivers_view(
    explanation: Explanation, problem: Problem | None = None, profiles: dict[str, ColumnProfile] | None = None
) -> DriversView:
    """Compute the section.

    Args:
        explanation: The explanation.
        problem: The problem, for the metric's title; without it the metric's name is shown.
        profiles: Statistics by column, for the histograms behind partial dependence.
    """
    bars = _importance_bars(explanation.columns)
    what = _dependence_what(explanation)
    reach = max((abs(value) for one in explanation.beeswarm for value in one["shap"]), default=0.0)
    return DriversView(
        metric=in_sentence(metric_of(problem).title) if problem else explanation.metric,
        rows=explanation.rows,
        bars=bars[:_SHOWN_BARS],
        more=bars[_SHOWN_BARS:],
        useless=sum(bar.importance <= 0 for bar in bars),
        swarm=draw_strips(explanation.beeswarm, reach=reach),
        swarm_label=str(explanation.beeswarm[0].get("label", "")) if explanation.beeswarm else "",
        swarm_ends=(f"−{number(reach, 2)}", f"+{number(reach, 2)}"),
        dependence=_dependence(explanation, profiles or {}, what),
        dependence_what=what,
        examples=tuple(_example(row) for row in explanation.examples),
        method=_METHODS.get(explanation.shap_method, ""),
        notes=explanation.notes,
    )


def _importance_bars(columns: tuple[ColumnImportance, ...]) -> tuple[ImportanceBar, ...]:
    most = max((one.importance + one.std for one in columns), default=0.0) or 1.0
    most_shap = max((one.shap or 0.0 for one in columns), default=0.0) or 1.0
    return tuple(
        ImportanceBar(
            column=one.column,
            importance=one.importance,
            std=one.std,
            shap=one.shap,
            width=_share(one.importance, most),
            spread=_share(one.std, most),
            shap_width=_share(one.shap or 0.0, most_shap),
        )
        for one in columns
    )


def _share(value: float, most: float) -> float:
    return round(100 * min(1.0, max(0.0, value / most)), 1) if most > 0 else 0.0


def _dependence_what(explanation: Explanation) -> str:
    if not explanation.partial_dependence:
        return ""
    labels = explanation.partial_dependence[0].labels
    if labels == ("",):
        return "mean prediction"
    return f"probability of {short(labels[0], 20)}" if len(labels) == 1 else "probability"


def _dependence(explanation: Explanation, profiles: dict[str, ColumnProfile], what: str) -> tuple[Chart, ...]:
    if not explanation.partial_dependence:
        return ()
    limits = dependence_limits(explanation.partial_dependence)
    return tuple(
        dependence_chart(
            found, position=position, limits=limits, profile=profiles.get(found.column), what=what
        )
        for position, found in enumerate(explanation.partial_dependence)
    )


def _example(row: RowExplanation) -> ExampleCard:
    shown = row.contributions[:_SHOWN_CONTRIBUTIONS]
    rest = row.output - row.base - sum(value for _, value in shown)
    most = max([abs(value) for _, value in shown] + [abs(rest)], default=0.0) or 1.0
    bars = [
        ContributionBar(column, _value(row, column), value, _share(abs(value), most))
        for column, value in shown
    ]
    if abs(rest) > 1e-3 * most:
        bars.append(ContributionBar("all other columns", "", rest, _share(abs(rest), most)))
    return ExampleCard(row=row, right=_is_right(row), bars=tuple(bars))


def _value(row: RowExplanation, column: str) -> str:
    return short(row.inputs.get(column) or "missing", 60)


def _is_right(row: RowExplanation) -> bool | None:
    """Return whether the class was predicted correctly; ``None`` for regression or if the truth is unknown."""
    words: Any = ("certain", "call")
    return row.prediction == row.truth if row.truth and any(word in row.title for word in words) else None
