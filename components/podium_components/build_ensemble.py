"""Ensembles of what the branches trained."""

from typing import List

from kfp.dsl import Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def build_ensemble(
    features: Input[Dataset],
    problem: Input[Artifact],
    candidates: Input[List[Model]],
    time_limit: str,
    ensemble: Output[Model],
):
    """Combine the candidates on their out-of-fold predictions alone.

    Args:
        features: Features and target of the training rows.
        problem: The problem as settled.
        candidates: What the branches trained.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        ensemble: A weighted and a stacked ensemble with their cross-fitted predictions.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage(
        "build_ensemble",
        features=features.path,
        problem=problem.path,
        candidates=[one.path for one in candidates],
        ensemble=ensemble.path,
        time_limit=time_limit,
    )
    tell(ensemble, facts)
