"""Builds the features that all algorithms share, once per run."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def featurize_data(
    train: Input[Dataset],
    problem: Input[Artifact],
    features: Output[Dataset],
    featurizer: Output[Model],
    report: Output[HTML],
):
    """Turn the user's columns into features, row by row. Everything fitted on data is fitted inside the folds.

    Args:
        train: Training rows.
        problem: The inferred problem.
        features: Features and target of the training rows.
        featurizer: The featurizer, to apply to new rows.
        report: Page that lists every feature and its source column.
    """
    from podium_components.metadata import annotate
    from podium_components.supervision import run_stage

    facts = run_stage(
        "featurize_data",
        train=train.path,
        problem=problem.path,
        features=features.path,
        featurizer=featurizer.path,
        report=report.path,
    )
    annotate(features, facts)
