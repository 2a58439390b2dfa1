"""What drives the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podium_ml.contracts import (
    ColumnImportance,
    ColumnProfile,
    Explanation,
    GroupImportance,
    ModelImportances,
    Problem,
    RowExplanation,
)
from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.dependence_charts import dependence_chart, dependence_limits
from podium_ml.reporting.formats import number, plain_time, short
from podium_ml.reporting.swarm import Strip, draw_strips
from podium_ml.reporting.titles import in_sentence, metric_of, model_title
from podium_ml.reporting.views.scores import BASELINE
from podium_ml.run.only_shown import only_shown
from podium_ml.values.listed import listed

_NOTHING_TO_EXPLAIN = "The baseline was chosen. It ignores all columns, so there is nothing to explain."
_SHOWN_BARS = 12
_SHOWN_CONTRIBUTIONS = 7
# Columns of the table of all models.
_SHOWN_COMPARED = 8


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
class ComparedModel:
    """What one model of the leaderboard relies on.

    Attributes:
        title: Title of the model.
        shares: Share of each shown column, 0 to 1.
        rest: Share of all other columns.
        own: Whether the model says so itself, by its gains or coefficients, instead of being measured.
    """

    title: str
    shares: tuple[float, ...]
    rest: float
    own: bool


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
        importance: What the bars show, in words.
        spare: What is lost without the columns whose own importance is not above zero, in words; or empty.
        bars: The most important columns.
        more: The others.
        groups: Groups of related columns.
        compared: What each model of the leaderboard relies on.
        compared_columns: The columns of that table.
        compared_rest: Whether there are more columns than these.
        swarm: Strips of the beeswarm.
        swarm_label: Class whose probability the beeswarm explains, or empty.
        swarm_ends: Labels of the beeswarm's scale.
        dependence: Charts of partial dependence.
        dependence_what: Quantity whose mean they show.
        dependence_rows: The rows of the mean, in words.
        examples: Explained rows.
        method: How contributions were computed, in words.
        swarm_rows: The rows by whose mean contribution the columns are sorted, in words; or empty.
        notes: Parts that were left out.
    """

    importance: str
    spare: str
    bars: tuple[ImportanceBar, ...]
    more: tuple[ImportanceBar, ...]
    groups: tuple[ImportanceBar, ...]
    compared: tuple[ComparedModel, ...]
    compared_columns: tuple[str, ...]
    compared_rest: bool
    swarm: tuple[Strip, ...]
    swarm_label: str
    swarm_ends: tuple[str, str]
    dependence: tuple[Chart, ...]
    dependence_what: str
    dependence_rows: str
    examples: tuple[ExampleCard, ...]
    method: str
    swarm_rows: str
    notes: tuple[str, ...]


def drivers_view(
    explanation: Explanation,
    problem: Problem | None = None,
    profiles: dict[str, ColumnProfile] | None = None,
    importances: ModelImportances | None = None,
    leaderboard: Sequence[str] = (),
) -> DriversView:
    """Compute the section.

    Args:
        explanation: The explanation.
        problem: The problem, for the metric's title; without it the metric's name is shown.
        profiles: Statistics by column, for the histograms behind partial dependence.
        importances: The cheap importances of all models.
        leaderboard: Names of the models in the order in which they are shown.
    """
    if explanation.model == BASELINE and explanation.columns:
        explanation = Explanation.absent(BASELINE, metric=explanation.metric, note=_NOTHING_TO_EXPLAIN)
    metric = in_sentence(metric_of(problem, explanation.metric).title) if problem else explanation.metric
    related = [group for group in explanation.groups if group.kind == "related"]
    bars = _importance_bars(explanation.columns, explanation.groups)
    compared_columns = _compared_columns(importances)
    what = _dependence_what(explanation)
    reach = max((abs(value) for one in explanation.beeswarm for value in one["shap"]), default=0.0)
    return DriversView(
        importance=_importance_what(explanation, metric),
        spare=_spare(explanation, metric),
        bars=bars[:_SHOWN_BARS],
        more=bars[_SHOWN_BARS:],
        groups=_group_bars(related, explanation),
        compared=_compared(importances, compared_columns, leaderboard),
        compared_columns=compared_columns,
        compared_rest=len(_relied_on(importances)) > len(compared_columns),
        swarm=draw_strips(explanation.beeswarm, reach=reach),
        swarm_label=str(explanation.beeswarm[0].get("label", "")) if explanation.beeswarm else "",
        swarm_ends=(f"−{number(reach, 2)}", f"+{number(reach, 2)}"),
        dependence=only_shown(lambda: _dependence(explanation, profiles or {}, what), otherwise=tuple),
        dependence_what=what,
        dependence_rows=_dependence_rows(explanation),
        examples=tuple(_example(row) for row in explanation.examples),
        method=_method(explanation),
        swarm_rows=_counted(explanation.shap_rows, "row") if explanation.shap_rows else "",
        notes=explanation.notes,
    )


def _importance_what(explanation: Explanation, metric: str) -> str:
    rows = _counted(explanation.rows, "row")
    match explanation.importance_kind:
        case "movement":
            return (
                f"How far predictions of {rows} move when a column's values are shuffled, as a share of the movement "
                "that all columns cause one by one. The score was not measured."
            )
        case "own":
            return (
                "How much the model itself says that it uses each column, by the gains of its trees or the sizes of "
                "its coefficients, as a share of all columns. The score was not measured."
            )
        case _:
            times = (
                f" The mean of {explanation.repeats} shuffles is shown." if explanation.repeats > 1 else ""
            )
            return (
                f"How much the {metric} worsens when the values of one column are shuffled across {rows}, which makes "
                f"the column uninformative.{times}"
            )


def _spare(explanation: Explanation, metric: str) -> str:
    """Say what is lost without the columns that could be shuffled one at a time: together they may matter."""
    if explanation.importance_kind not in ("permutation", "stand_in"):
        return ""
    count = sum(one.importance <= 0 for one in explanation.columns)
    if not count:
        return ""
    if count == 1:
        return "1 column could be shuffled without loss."
    alone = f"Each of {count} columns could be shuffled alone without loss."
    together = next((group for group in explanation.groups if group.kind == "spare"), None)
    if together is None:
        return f"{alone} Together they may still matter."
    if together.importance <= together.std:
        return f"{alone} Shuffling all of them together loses nothing either."
    return f"{alone} Shuffling all of them together worsens the {metric} by {number(together.importance, 2)}."


def _method(explanation: Explanation) -> str:
    match explanation.shap_method:
        case "tree":
            return "approximated from the structure of the model's trees (TreeSHAP)"
        case "permutation":
            orders = f" in {explanation.shap_walks} random orders" if explanation.shap_walks else ""
            return f"estimated by replacing the columns of each row one after another{orders}"
        case _:
            return ""


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _importance_bars(
    columns: tuple[ColumnImportance, ...], groups: tuple[GroupImportance, ...] = ()
) -> tuple[ImportanceBar, ...]:
    most = _most(columns, groups)
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


def _group_bars(groups: list[GroupImportance], explanation: Explanation) -> tuple[ImportanceBar, ...]:
    """Return the bars of groups, on the scale of the single columns."""
    named = tuple(ColumnImportance(listed(list(one.columns)), one.importance, one.std) for one in groups)
    most = _most(explanation.columns, explanation.groups)
    return tuple(
        ImportanceBar(
            column=one.column,
            importance=one.importance,
            std=one.std,
            shap=None,
            width=_share(one.importance, most),
            spread=_share(one.std, most),
            shap_width=0.0,
        )
        for one in named
    )


def _most(columns: tuple[ColumnImportance, ...], groups: tuple[GroupImportance, ...]) -> float:
    found: tuple[ColumnImportance | GroupImportance, ...] = (*columns, *groups)
    return max((one.importance + one.std for one in found), default=0.0) or 1.0


def _compared_columns(importances: ModelImportances | None) -> tuple[str, ...]:
    """Return the columns that the models rely on most, on average."""
    total = _relied_on(importances)
    return tuple(sorted(total, key=lambda column: (-total[column], column))[:_SHOWN_COMPARED])


def _relied_on(importances: ModelImportances | None) -> dict[str, float]:
    """Return the shares of each column, summed over the models."""
    total: dict[str, float] = {}
    for one in importances.models.values() if importances else ():
        for column, share in one.shares.items():
            total[column] = total.get(column, 0.0) + share
    return total


def _compared(
    importances: ModelImportances | None, columns: tuple[str, ...], leaderboard: Sequence[str]
) -> tuple[ComparedModel, ...]:
    """Return the models in the order of the leaderboard, without those that use no column."""
    known = importances.models if importances else {}
    found = []
    for name in sorted(known, key=lambda one: [*leaderboard, one].index(one)):
        one = known[name]
        if not any(one.shares.values()):
            continue
        shares = tuple(one.shares.get(column, 0.0) for column in columns)
        rest = max(0.0, sum(one.shares.values()) - sum(shares))
        found.append(ComparedModel(model_title(name), shares, rest, own=one.kind == "own"))
    return tuple(found)


def _share(value: float, most: float) -> float:
    return round(100 * min(1.0, max(0.0, value / most)), 1) if most > 0 else 0.0


def _dependence_what(explanation: Explanation) -> str:
    if not explanation.partial_dependence:
        return ""
    labels = explanation.partial_dependence[0].labels
    if labels == ("",):
        return "mean prediction"
    return f"probability of “{short(labels[0], 20)}”" if len(labels) == 1 else "probability"


def _dependence_rows(explanation: Explanation) -> str:
    rows = max((one.rows for one in explanation.partial_dependence), default=0)
    return f"over {_counted(rows, 'row')}" if rows else "over a sample of the rows"


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
    return short(plain_time(row.inputs.get(column) or "missing"), 60)


def _is_right(row: RowExplanation) -> bool | None:
    """Return whether the class was predicted correctly; ``None`` for regression or if the truth is unknown."""
    words: Any = ("certain", "call")
    return row.prediction == row.truth if row.truth and any(word in row.title for word in words) else None
