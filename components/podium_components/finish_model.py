"""Explains the chosen model and, in parallel, refits it on all rows."""

from typing import List

from kfp.dsl import HTML, Artifact, Dataset, Input, Model, Output

from podium_components._component import component


@component
def finish_model(
    model: Input[Model],
    train: Input[Dataset],
    test: Input[Dataset],
    problem: Input[Artifact],
    weights: Input[Model],
    candidates: Input[List[Model]],
    refit: bool,
    time_limit: str,
    notes: dict,
    finished: Output[Model],
    explanation: Output[HTML],
):
    """Explain the chosen model in terms of the user's columns, and refit it on the training and test rows.

    The reported scores are those of the model before the refit. If the refit fails (killed, out of memory, out of
    time), the run delivers the chosen model as it is and goes on.

    Args:
        model: The chosen model and the ensembles.
        train: Training rows.
        test: Test rows, which the refit uses too. The evaluation scores the model before the refit.
        problem: The inferred problem.
        weights: Pretrained weights, from which some algorithms learn again.
        candidates: The trained candidates of all branches.
        refit: Whether to refit the model.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        notes: Where the next task notes failures; another note after a failed refit makes this task run again.
        finished: The explanation as JSON, and the refitted model.
        explanation: The explanation as a page.
    """
    import shutil

    from podium_components.finishing import explain_and_refit
    from podium_components.metadata import annotate

    facts = explain_and_refit(
        model=model.path,
        train=train.path,
        test=test.path,
        problem=problem.path,
        weights=weights.path,
        candidates=[one.path for one in candidates],
        refit=refit,
        finished=finished.path,
        time_limit=time_limit,
    )
    annotate(finished, facts)
    shutil.copyfile(finished.path + "/explanation.html", explanation.path)
