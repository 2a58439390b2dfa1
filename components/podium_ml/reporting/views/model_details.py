"""The details of each model: its parameters, what it is made of, and its own charts."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podium_ml.contracts import Candidate, ColumnChoice, Ensemble
from podium_ml.kinds import KINDS
from podium_ml.reporting.charts import Chart
from podium_ml.reporting.charts.model_charts import model_charts
from podium_ml.reporting.formats import counted, number
from podium_ml.reporting.run_facts import RunFacts
from podium_ml.reporting.titles import in_sentence, model_title
from podium_ml.reporting.views.scores import BASELINE
from podium_ml.run.only_shown import only_shown
from podium_ml.values.listed import listed

# So many columns are named in a sentence.
_MOST_NAMES = 30
# Arguments of an algorithm's ``build`` that are no parameters of the model.
_NO_PARAMETERS = frozenset({"problem", "seed", "n_jobs"})


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter.

    Attributes:
        name: Its name.
        value: Its value as text.
        changed: Whether it differs from the algorithm's default.
    """

    name: str
    value: str
    changed: bool


@dataclass(frozen=True)
class Member:
    """One base model, which an ensemble combines with others.

    Attributes:
        title: The algorithm.
        weight: Its weight as text.
        parameters: Its hyperparameters that differ from the defaults, as text.
    """

    title: str
    weight: str
    parameters: str


@dataclass(frozen=True)
class ModelDetails:
    """What is folded behind a model's name.

    Attributes:
        title: The model.
        trial: Which trial of its algorithm it is, or what its layers are, in words; empty for other ensembles.
        columns: Which columns it uses, and why not the others; empty if it uses all.
        parameters: Its hyperparameters; those that differ from the defaults first.
        members: What an ensemble is made of.
        charts: Its charts; empty for the chosen model, whose charts the page shows in full.
        chosen: Whether it is the chosen model.
    """

    title: str
    trial: str
    columns: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    members: tuple[Member, ...]
    charts: tuple[Chart, ...]
    chosen: bool


def model_details_view(facts: RunFacts, *, draw: bool = True) -> tuple[ModelDetails, ...]:
    """Compute the details of every model that did not fail, in the order of the leaderboard; the baseline has none.

    Args:
        facts: The run.
        draw: Whether to draw the charts.
    """
    candidates = {one.algorithm: one for one in facts.candidates if one.kept}
    ensembles = {one.name: one for one in facts.ensembles}
    return tuple(
        ModelDetails(
            title=model_title(model.name),
            trial=_trial(candidates.get(model.name)) or _layers(ensembles.get(model.name)),
            columns=_columns(candidates.get(model.name), _members_columns(facts, ensembles.get(model.name))),
            parameters=_parameters(facts, candidates.get(model.name)),
            members=_members(facts, ensembles.get(model.name)),
            charts=_charts(facts, model.name) if draw else (),
            chosen=model.chosen,
        )
        for model in facts.evaluation.models
        if (model.name in candidates and model.name != BASELINE) or model.name in ensembles
    )


def _charts(facts: RunFacts, name: str) -> tuple[Chart, ...]:
    charts = facts.evaluation.model_charts.get(name, {})
    return tuple(only_shown(lambda: model_charts(charts), otherwise=list))


def _layers(ensemble: Ensemble | None) -> str:
    if ensemble is None or ensemble.kind != "layered":
        return ""
    first = in_sentence(model_title(ensemble.first))
    return f"The mean of the {first} and of a forest that has learned from the predictions of all members."


def _trial(candidate: Candidate | None) -> str:
    if candidate is None:
        return ""
    best = candidate.kept[0]
    folds = [score for score in best.fold_scores if score == score]
    spread = f", from {number(min(folds))} to {number(max(folds))} on single folds" if len(folds) > 1 else ""
    if candidate.n_trials == 1:
        return f"Its only trial scores {number(best.score)} out of fold{spread}."
    return (
        f"Trial {best.number} has the best out-of-fold score of {counted(candidate.n_trials, 'trial')}: "
        f"{number(best.score)}{spread}."
    )


def _members_columns(facts: RunFacts, ensemble: Ensemble | None) -> list[ColumnChoice]:
    """Return the columns of each member of an ensemble."""
    known = {(one.algorithm, kept.number): kept.columns for one in facts.candidates for kept in one.kept}
    members = ensemble.members if ensemble else ()
    return [known.get((one.algorithm, one.trial), ColumnChoice()) for one in members]


def _columns(candidate: Candidate | None, members: Sequence[ColumnChoice]) -> tuple[str, ...]:
    """Say which columns a model uses, and why it leaves out the others."""
    if candidate is None:
        if not members or any(one.how == "all" for one in members):
            return ()
        used = tuple(dict.fromkeys(name for one in members for name in one.used))
        return (f"Its members together use {counted(len(used), 'column')}: {_names(used)}.",)
    choice = candidate.kept[0].columns
    parts = _silent(choice)
    if choice.how == "all":
        return parts
    count = len(choice.used) + len(choice.spare) + len(choice.irrelevant) + choice.weak
    lines = [f"It uses {len(choice.used)} of {counted(count, 'column')}: {_names(choice.used)}."]
    if choice.weak:
        lines.append(
            f"Left out because so many others say more about the target on their own: {counted(choice.weak, 'column')}."
        )
    if choice.irrelevant:
        lines.append(
            "Left out because they are not more important than shuffled copies, measured by shuffling them on rows "
            f"that a small forest had not seen: {_names(choice.irrelevant)}."
        )
    if choice.spare:
        lines.append(
            "Left out because the forest scores as well without them, within one standard error: "
            f"{_names(choice.spare)}."
        )
    lines += parts
    return (*lines, "For its out-of-fold score, each fold chose its columns without the rows that score it.")


def _silent(choice: ColumnChoice) -> tuple[str, ...]:
    """Say which parts of columns a model leaves out."""
    if not choice.silent:
        return ()
    return (
        "Left out because the target is the same on average whatever their value is: the features "
        f"{_names(choice.silent)}.",
    )


def _counts(choice: ColumnChoice) -> str:
    return "" if choice.how == "all" else f", {counted(len(choice.used), 'column')}"


def _names(columns: Sequence[str]) -> str:
    return listed([f"“{name}”" for name in columns], most=_MOST_NAMES)


def _parameters(facts: RunFacts, candidate: Candidate | None) -> tuple[Parameter, ...]:
    if candidate is None:
        return ()
    defaults = _defaults(facts, candidate.algorithm)
    given = candidate.kept[0].parameters
    found = [
        Parameter(name, _shown(value), changed=name in given and value != defaults.get(name, value))
        for name, value in {**defaults, **given}.items()
    ]
    return tuple(sorted(found, key=lambda one: not one.changed))


def _defaults(facts: RunFacts, algorithm: str) -> dict[str, Any]:
    """Return the parameters that an algorithm is built with unless a trial changes them."""
    specs = KINDS[facts.problem.kind].algorithms
    if algorithm not in specs:
        return {}
    signature = inspect.signature(specs[algorithm].build)
    return {
        name: one.default
        for name, one in signature.parameters.items()
        if name not in _NO_PARAMETERS and one.default is not inspect.Parameter.empty
    }


def _members(facts: RunFacts, ensemble: Ensemble | None) -> tuple[Member, ...]:
    if ensemble is None:
        return ()
    trials = {(one.algorithm, one.number): one.parameters for one in facts.trials}
    return tuple(
        Member(
            title=f"{model_title(one.algorithm)}, trial {one.trial}{_counts(choice)}",
            weight=number(one.weight, 3),
            parameters=", ".join(
                f"{name} = {_shown(value)}"
                for name, value in trials.get((one.algorithm, one.trial), {}).items()
            )
            or "defaults",
        )
        for one, choice in sorted(
            zip(ensemble.members, _members_columns(facts, ensemble), strict=True),
            key=lambda pair: -abs(pair[0].weight),
        )
    )


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return number(value) if isinstance(value, float) else str(value)
