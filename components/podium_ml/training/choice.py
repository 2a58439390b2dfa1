"""Chooses the algorithms that take part in a run."""

from collections.abc import Iterable, Mapping

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.confinement.extras import install, install_packages
from podium_ml.contracts import Problem
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.kinds import KINDS
from podium_ml.settings import PlanSettings
from podium_ml.targets import target_of
from podium_ml.training.costs import planned_topics

BASELINE = "baseline"
Skipped = list[dict[str, str]]
# An algorithm that can only learn from a smaller part of the rows is left out.
_SMALLEST_PART = 0.05
# Up to this usefulness, and up to this one if the model can be read, an algorithm is too simple for topics of texts.
_LITTLE_USE, _SOME_USE = 1, 3


def choose_algorithms(
    problem: Problem, settings: PlanSettings, *, accelerated: bool = False
) -> tuple[list[AlgorithmSpec], Skipped]:
    """Return the algorithms that fit the problem and the user's settings, and the others with the reasons.

    The baseline always takes part, because the other algorithms are compared with it.

    Args:
        problem: The problem.
        settings: The user's ``algorithms``, ``exclude`` and ``interpretable``.
        accelerated: Whether branches get an accelerator.

    Raises:
        SettingsError: An algorithm is unknown, or a requested algorithm cannot run.
    """
    known = KINDS[problem.kind].algorithms
    asked = _known(settings.algorithm_names, known, setting="algorithms")
    excluded = set(_known(settings.excluded_names, known, setting="exclude"))
    chosen, skipped = [], Skipped()
    for name in dict.fromkeys([*asked, BASELINE]) if asked else known:
        spec = known[name]
        reason = _reason_against(spec, problem, settings, excluded)
        if not reason and not asked:
            reason = (
                _size_reason(spec, problem)
                or _accelerator_reason(spec, accelerated)
                or _words_reason(spec, problem)
            )
        if reason and name in asked:
            raise SettingsError(f"algorithms: {name} cannot run. {reason}")
        if reason:
            skipped.append(skip(spec, reason))
        else:
            chosen.append(spec)
    return chosen, skipped


def skip(spec: AlgorithmSpec, reason: str) -> dict[str, str]:
    """Return the record of an algorithm that is left out."""
    return {"algorithm": spec.name, "reason": reason}


def _reason_against(spec: AlgorithmSpec, problem: Problem, settings: PlanSettings, excluded: set[str]) -> str:
    if spec.name == BASELINE:
        return ""
    if spec.name in excluded:
        return "Excluded by the user."
    if target_of(problem).task_of_algorithms(problem) not in spec.tasks:
        return f"Not for {problem.task} problems."
    if spec.reads and all(column.role != spec.reads for column in problem.features):
        return f"No column has the role {spec.reads}."
    if spec.weights and spec.weights not in problem.weights:
        return f"It needs a pretrained model: --{spec.weights}."
    if spec.reads_weights and not any(map(spec.reads_weights, problem.weight_files.get(spec.weights, ()))):
        return f"There is no {spec.title} among the files of --{spec.weights}."
    if not spec.is_available():
        return f"Not installed. {_how_to_install(spec)}"
    if settings.interpretable and not spec.interpretable:
        return "The model is not interpretable."
    if spec.keeps_rows and not problem.examples:
        return "The model holds training rows (`--no-examples`)."
    return KINDS[problem.kind].reason_against(spec, problem)


def _how_to_install(spec: AlgorithmSpec) -> str:
    return install(spec.extra) if spec.extra else install_packages(*spec.requires)


def _size_reason(spec: AlgorithmSpec, problem: Problem) -> str:
    if spec.max_rows and spec.max_rows < _SMALLEST_PART * problem.n_train:
        return f"It learns from at most {spec.max_rows:,} rows, a small part of the {problem.n_train:,} training rows."
    return ""


def _accelerator_reason(spec: AlgorithmSpec, accelerated: bool) -> str:
    if spec.for_accelerators and not accelerated:
        return f"It is worth its time on an accelerator; `--algorithms {spec.name},...` uses it anyway."
    return ""


def _words_reason(spec: AlgorithmSpec, problem: Problem) -> str:
    """Return why simple models of the topics of texts take no part beside simple models of their words."""
    is_simple = spec.usefulness <= _LITTLE_USE or (spec.interpretable and spec.usefulness <= _SOME_USE)
    of_topics = planned_topics(problem, spec.needs)
    if not is_simple or not of_topics or of_topics < len(problem.features):
        return ""
    if target_of(problem).task_of_algorithms(problem) == "regression":
        return ""
    return "There are texts alone, from whose words other simple models achieve more."


def _known(names: Iterable[str], algorithms: Mapping[str, AlgorithmSpec], *, setting: str) -> list[str]:
    known = []
    for name in names:
        try:
            known.append(algorithms[name].name)
        except RegistryError as error:
            raise SettingsError(f"{setting}: {error.message}", error.hint) from None
    return known
