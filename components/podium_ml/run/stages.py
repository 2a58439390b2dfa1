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
        least: Seconds that the stage needs for a small table; see ``podium_ml.run.budget``.
        share: Share of the time limit that the stage may take beyond that.
        training: Share of what the other stages leave, for the stages that train models.
        warm: Modules that the stage needs, in order; the local engine imports them ahead of time.
    """

    name: str
    task: str
    title: str
    least: float = 0.0
    share: float = 0.0
    training: float = 0.0
    warm: tuple[str, ...] = ()

    @property
    def is_timed(self) -> bool:
        """Whether the stage has a part of the time limit; the others take hardly any time."""
        return bool(self.least or self.share or self.training)


STAGES = (
    Stage("resolve_inputs", "resolve_inputs", "Checking settings and data version"),
    Stage("ingest_data", "validate_data", "Reading the data", 0.4, 0.008, warm=("pandas", "pyarrow.parquet")),
    Stage("read_warm_start", "validate_data", "Reading the reference model's configurations"),
    Stage("fetch_weights", "validate_data", "Fetching pretrained weights"),
    Stage("validate_data", "validate_data", "Validating the data", 0.45, 0.015),
    Stage("plan_training", "plan_training", "Planning the training", 0.1),
    Stage("featurize_data", "featurize_data", "Building features", 0.2, 0.007),
    Stage("train_candidate", "train_candidate", "Training the algorithms", training=0.91),
    Stage("build_ensemble", "select_model", "Building ensembles", 0.2, 0.012),
    Stage("select_model", "select_model", "Selecting the model", 0.5, 0.012),
    Stage("evaluate_models", "evaluate_models", "Evaluating on test rows", 0.9, 0.012),
    Stage("read_champion", "evaluate_models", "Reading the champion"),
    Stage(
        "challenge_champion",
        "evaluate_models",
        "Comparing with the champion",
        0.4,
        0.004,
        warm=("podium_ml.champions.confined_answer",),
    ),
    # These two stages run in parallel. The explanation has a part of its own, for when the refit takes all of its part.
    Stage("refit_model", "finish_model", "Refitting the model on all rows", training=0.09),
    Stage("explain_model", "finish_model", "Explaining the model", 0.7, 0.006),
    Stage(
        "publish_run",
        "publish_run",
        "Publishing model and report",
        1.5,
        0.01,
        warm=("jinja2", "matplotlib.figure", "matplotlib.backends.backend_svg"),
    ),
)
NAMES = tuple(stage.name for stage in STAGES)
TASKS = tuple(dict.fromkeys(stage.task for stage in STAGES))


def stage(name: str) -> Stage:
    """Return a stage by name."""
    return STAGES[NAMES.index(name)]


def warm_groups(
    *, validation: Sequence[str], training: Sequence[str], tracking: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the modules of the stages before training, of training and selection, and of publishing.

    Each group imports what the groups before it have not, in the order of its use.

    Args:
        validation: Further modules that validation and features need, which depend on the kind of problem.
        training: The same for training.
        tracking: Modules that log the run.
    """
    checks, first, last = (NAMES.index(name) for name in ("validate_data", "train_candidate", "publish_run"))
    return (
        (*_modules(STAGES[:checks]), *validation, *_modules(STAGES[checks:first])),
        (*training, *_modules(STAGES[first:last])),
        (*tracking, *_modules(STAGES[last:])),
    )


def _modules(stages: Sequence[Stage]) -> tuple[str, ...]:
    return tuple(module for one in stages for module in (*one.warm, f"podium_ml.stages.{one.name}"))
