"""Builds ensembles and chooses the model, without access to the test rows."""

from typing import List

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from podium_components._component import component


@component
def select_model(
    features: Input[Dataset],
    train: Input[Dataset],
    problem: Input[Artifact],
    featurizer: Input[Model],
    candidates: Input[List[Model]],
    limits: dict,
    branch_notes: dict,
    time_limit: str,
    model: Output[Model],
    metrics: Output[Metrics],
):
    """Combine the candidates on their out-of-fold predictions, and choose the best model within the user's limits.

    Args:
        features: Features and target of the training rows.
        train: The same rows in the user's own columns, for measuring latency.
        problem: The inferred problem.
        featurizer: The fitted featurizer, which all algorithms share.
        candidates: The trained candidates of all branches.
        limits: Limits that the model must meet.
        branch_notes: Where to note that a branch failed, by algorithm.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        model: The ensembles, and the chosen model with its preprocessing and the reason for the choice.
        metrics: Out-of-fold score of the chosen model.
    """
    from podium_components.failures import leave_notes_of_branches
    from podium_components.metadata import annotate
    from podium_components.sources import leave_sources
    from podium_components.supervision import run_stage

    shared = {
        "features": features.path,
        "problem": problem.path,
        "candidates": [one.path for one in candidates],
        "limits": limits,
        "model": model.path,
        "time_limit": time_limit,
    }
    # First, because without any model the next stages fail.
    leave_notes_of_branches(branch_notes, shared["candidates"])
    run_stage("build_ensemble", **shared)
    facts = run_stage("select_model", train=train.path, featurizer=featurizer.path, **shared)
    annotate(model, facts)
    given = {"train": train, "features": features, "featurizer": featurizer, "problem": problem}
    addresses = {name: one.uri for name, one in given.items()}
    leave_sources(model.path, **addresses, candidates=[one.uri for one in candidates])
    metrics.log_metric("out_of_fold_score", facts["score"])
    open(metrics.path, "w").close()
