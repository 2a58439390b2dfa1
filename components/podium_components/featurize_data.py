"""Builds the features that all algorithms share, once per run."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def featurize_data(
    train: Input[Dataset],
    problem: Input[Artifact],
    weights: Input[Model],
    time_limit: str,
    features: Output[Dataset],
    featurizer: Output[Model],
    report: Output[HTML],
):
    """Turn the user's columns into features, row by row. Everything fitted on data is fitted inside the folds.

    Args:
        train: Training rows.
        problem: The inferred problem.
        weights: Pretrained weights, which features may need, and which are handed on to the algorithms.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        features: Features and target of the training rows, and the weights.
        featurizer: The featurizer, to apply to new rows.
        report: Page that lists every feature and its source column.
    """
    from podium_components.metadata import annotate
    from podium_components.supervision import run_stage

    facts = run_stage(
        "featurize_data",
        alone=True,
        train=train.path,
        problem=problem.path,
        weights=weights.path,
        time_limit=time_limit,
        features=features.path,
        featurizer=featurizer.path,
        report=report.path,
    )
    annotate(features, facts)
