"""The featurization that every algorithm shares, done once."""

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
    """Turn the user's columns into features, row by row; whatever is fitted on data is fitted inside the folds.

    Args:
        train: Rows to learn from.
        problem: The problem as settled.
        features: Features and target of the training rows.
        featurizer: The transformation, to be applied to new rows.
        report: Page that lists every feature and the column that it came from.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage(
        "featurize_data",
        train=train.path,
        problem=problem.path,
        features=features.path,
        featurizer=featurizer.path,
        report=report.path,
    )
    tell(features, facts)
