"""The choice of the model; no test data comes near it."""

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
    ensemble: Input[Model],
    max_latency: str,
    max_memory: str,
    interpretable: bool,
    time_limit: str,
    model: Output[Model],
    metrics: Output[Metrics],
):
    """Choose by out-of-fold score under the user's limits; tune the threshold and calibrate where that helps.

    Args:
        features: Features and target of the training rows.
        train: The same rows in the user's own columns, to measure latency on.
        problem: The problem as settled.
        featurizer: The shared transformation.
        candidates: What the branches trained.
        ensemble: Their ensembles.
        max_latency: Longest time to predict one row, like 5ms.
        max_memory: Most memory that the model may take.
        interpretable: Whether the model must explain itself.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        model: The chosen model with its preprocessing, and why it was chosen.
        metrics: Its out-of-fold score.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage(
        "select_model",
        features=features.path,
        train=train.path,
        problem=problem.path,
        featurizer=featurizer.path,
        candidates=[one.path for one in candidates],
        ensemble=ensemble.path,
        constraints={"max_latency": max_latency, "max_memory": max_memory, "interpretable": interpretable},
        model=model.path,
        time_limit=time_limit,
    )
    tell(model, facts)
    metrics.log_metric("out_of_fold_score", facts["score"])
    open(metrics.path, "w").close()
