"""The chosen recipe once more on all rows, so that the rows set aside cost no accuracy."""

from typing import List

from kfp.dsl import Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def refit_model(
    model: Input[Model],
    train: Input[Dataset],
    test: Input[Dataset],
    problem: Input[Artifact],
    candidates: Input[List[Model]],
    ensemble: Input[Model],
    enabled: bool,
    time_limit: str,
    refitted: Output[Model],
):
    """Train the chosen model again on training and test rows; reported scores are of the model before this.

    If that fails (killed, out of memory, out of time) the chosen model is handed over as it is, and the run goes on.

    Args:
        model: The chosen model.
        train: Rows that it learned from.
        test: Rows that were set aside; its scores are already known when this uses them.
        problem: The problem as settled.
        candidates: What the branches trained.
        ensemble: Their ensembles.
        enabled: Whether to refit at all.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        refitted: The model to hand over.
    """
    from podium_components.metadata import tell
    from podium_components.refits import refit

    facts = refit(
        model=model.path,
        train=train.path,
        test=test.path,
        problem=problem.path,
        candidates=[one.path for one in candidates],
        ensemble=ensemble.path,
        refitted=refitted.path,
        enabled=enabled,
        time_limit=time_limit,
    )
    tell(refitted, facts)
