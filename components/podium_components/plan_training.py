"""Decides which algorithms run, and which share of the time and of the machine each gets."""

from typing import List

from kfp.dsl import Artifact, Input, Output, OutputPath

from podium_components._component import component


@component
def plan_training(
    problem: Input[Artifact],
    validation: Input[Artifact],
    settings: dict,
    images: dict,
    placement: dict,
    plan: Output[Artifact],
    tolerations: OutputPath(list),  # type: ignore[valid-type]
    notes: OutputPath(dict),  # type: ignore[valid-type]
    branch_notes: OutputPath(dict),  # type: ignore[valid-type]
) -> List[dict]:
    """Choose the branches of the pipeline.

    Args:
        problem: The inferred problem.
        validation: Statistics of the training rows, and the best configurations of the reference model.
        settings: The settings that the plan depends on.
        images: Container images, by the names that the project gives them.
        placement: Accelerators and nodes for the branches that run faster on an accelerator.
        plan: The branches, and the algorithms that are left out, with the reasons.
        tolerations: Taints that the pods of the branches tolerate.
        notes: Where failures of later stages are noted, so that the next run does not take them from the cache.
        branch_notes: The same for the branches, by algorithm.

    Returns:
        One item per branch, with its task and the settings of its pod.
    """
    import json

    from podium_components.branches import branch_name, loop_items
    from podium_components.failures import notes_of_branches
    from podium_components.supervision import run_stage
    from podium_ml.run.events import emit

    facts = run_stage(
        "plan_training",
        problem=problem.path,
        validation=validation.path,
        settings=settings,
        images=images,
        placement=placement,
        address=validation.uri,
    )
    with open(plan.path, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    outputs = [
        (tolerations, placement.get("tolerations", [])),
        (notes, facts["notes"]),
        (branch_notes, notes_of_branches(facts["plan"])),
    ]
    for path, value in outputs:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(value, file)
    branches = [{"algorithm": branch_name(one), "seconds": one["seconds"]} for one in facts["plan"]]
    emit("branch_planned", branches=branches)
    return loop_items(facts["plan"])
