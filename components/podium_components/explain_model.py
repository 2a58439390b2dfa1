"""What drives the very model that was chosen."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def explain_model(
    model: Input[Model],
    train: Input[Dataset],
    test: Input[Dataset],
    time_limit: str,
    explanation: Output[Artifact],
    page: Output[HTML],
):
    """Measure permutation importance, SHAP values and partial dependence in the user's own columns.

    Args:
        model: The chosen model.
        train: Rows that it learned from, as background.
        test: Rows that were set aside, to explain on.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        explanation: All of it as JSON.
        page: All of it as a page.
    """
    import shutil

    from podium_components.supervision import run_stage

    run_stage(
        "explain_model",
        model=model.path,
        train=train.path,
        test=test.path,
        explanation=explanation.path,
        time_limit=time_limit,
    )
    shutil.copyfile(explanation.path + "/explanation.html", page.path)
