"""Which algorithms run, with which share of the time and of the machine."""

from typing import List

from kfp.dsl import Artifact, Input, Output

from podium_components._component import component


@component
def plan_training(
    problem: Input[Artifact],
    profile: Input[Artifact],
    lessons: Input[Artifact],
    algorithms: str,
    exclude: str,
    time_limit: str,
    max_trials: int,
    trial_timeout: str,
    target_score: str,
    patience: int,
    parallel: int,
    max_memory: str,
    interpretable: bool,
    seed: int,
    images: dict,
    placement: dict,
    skipped: Output[Artifact],
) -> List[dict]:
    """Choose the branches of the pipeline.

    Args:
        problem: The problem as settled.
        profile: Statistics of the training rows.
        lessons: Of a champion that was trained on other data, whose best configurations are tried first.
        algorithms: Algorithms to try, separated by commas; empty for all that fit.
        exclude: Algorithms to leave out.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        max_trials: Most configurations to try per algorithm; 0 for no limit.
        trial_timeout: Most time for one configuration.
        target_score: Stop searching once the metric is this good.
        patience: Stop an algorithm after so many trials without gain; 0 for auto.
        parallel: Branches that the cluster trains at once, among which it shares the time; 0 for two.
        max_memory: Most memory for training.
        interpretable: Only models that explain themselves.
        seed: Seed of everything random.
        images: Container images by the project's names for them.
        placement: What the cluster has for branches that an accelerator speeds up.
        skipped: Algorithms that will not run, and why.

    Returns:
        One branch an algorithm: its limits, CPU, memory, accelerator and image.
    """
    import json

    from podium_components.parameters import plain
    from podium_components.supervision import run_stage
    from podium_ml.run.events import emit

    settings = plain(locals())
    facts = run_stage(
        "plan_training",
        problem=problem.path,
        profile=profile.path,
        lessons=lessons.path,
        settings=settings,
        images=images,
        placement=placement,
    )
    with open(skipped.path, "w") as file:
        names = [one["algorithm"] for one in facts["plan"]]
        json.dump(
            {"skipped": facts["skipped"], "warnings": facts.get("warnings", []), "branches": names}, file
        )
    branches = [{"algorithm": one["algorithm"], "seconds": one["seconds"]} for one in facts["plan"]]
    emit("branch_planned", branches=branches)
    # KFP passes no nulls; a field that lacks has its default.
    return [{name: value for name, value in one.items() if value is not None} for one in facts["plan"]]
