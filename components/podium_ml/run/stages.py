"""The stages of a run, in order. The budget, the progress display, the engines and the tests read them from here.

A stage is one step of the library (``podium_ml/stages/<name>.py``). A task of the pipeline runs one or more stages.
Each task costs a cluster two pods, its own and a driver, so stages that belong together share a task.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        name: Name of the stage and of its module.
        task: Component of the pipeline that runs the stage.
        title: What the stage does, in words for the user.
        ends: Share of the time limit by which the stage must have ended; 0 for stages that take hardly any time.
        warm: Modules that the stage needs, in order; the local engine imports them ahead of time.
    """

    name: str
    task: str
    title: str
    ends: float = 0.0
    warm: tuple[str, ...] = ()


STAGES = (
    Stage("resolve_inputs", "resolve_inputs", "Checking settings and data version", warm=("pandas",)),
    Stage("ingest_data", "validate_data", "Reading the data", 0.08, warm=("pyarrow.parquet",)),
    Stage("read_warm_start", "validate_data", "Reading the reference model's configurations"),
    Stage("validate_data", "validate_data", "Validating the data", 0.14),
    Stage("plan_training", "plan_training", "Planning the training", 0.15),
    Stage("featurize_data", "featurize_data", "Building features", 0.18),
    Stage("train_candidate", "train_candidate", "Training the algorithms", 0.75),
    Stage("build_ensemble", "select_model", "Building ensembles", 0.78),
    Stage("select_model", "select_model", "Selecting the model", 0.83),
    Stage("evaluate_models", "evaluate_models", "Evaluating on test rows", 0.865),
    Stage("read_champion", "evaluate_models", "Reading the champion"),
    Stage("challenge_champion", "evaluate_models", "Comparing with the champion", 0.88),
    # These two stages run in parallel, so they have the same end.
    Stage("explain_model", "finish_model", "Explaining the model", 0.93),
    Stage("refit_model", "finish_model", "Refitting the model on all rows", 0.93),
    Stage(
        "publish_run",
        "publish_run",
        "Publishing model and report",
        1.0,
        warm=("jinja2", "matplotlib.figure", "matplotlib.backends.backend_svg"),
    ),
)
NAMES = tuple(stage.name for stage in STAGES)
TASKS = tuple(dict.fromkeys(stage.task for stage in STAGES))


def stage(name: str) -> Stage:
    """Return a stage by name."""
    return STAGES[NAMES.index(name)]


def begins(name: str) -> float:
    """Return the share of the time limit at which a stage begins if all earlier stages use theirs up.

    >>> begins("ingest_data"), begins("validate_data"), begins("refit_model")
    (0.0, 0.08, 0.88)
    """
    return max((one.ends for one in STAGES if one.ends < stage(name).ends), default=0.0)


def training_share() -> float:
    """Return the share of the time limit for training."""
    return stage("train_candidate").ends - begins("train_candidate")


def warm_modules(training: Sequence[str]) -> tuple[str, ...]:
    """Return all modules that a run imports, in the order in which it needs them.

    Args:
        training: Further modules that training imports, which depend on the kind of problem.
    """
    modules: list[str] = []
    for one in STAGES:
        modules += [*one.warm, f"podium_ml.stages.{one.name}"]
        if one.name == "train_candidate":
            modules += training
    return tuple(modules)
