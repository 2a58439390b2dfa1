"""The second stage: what is the problem, and can the data be trusted?"""

from kfp.dsl import HTML, Artifact, Dataset, Input, Output

from podium_components._component import component


@component
def validate_data(
    table: Input[Dataset],
    settings: dict,
    time_limit: str,
    train: Output[Dataset],
    test: Output[Dataset],
    problem: Output[Artifact],
    profile: Output[Artifact],
    guardrails: Output[HTML],
    guardrail_results: Output[Artifact],
):
    """Infer the task and the columns' roles, run the guardrails, set the test rows aside, plan the folds.

    Args:
        table: The ingested rows.
        settings: What the user said about the problem: target, task, metric, columns with a role, folds, test fraction.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        train: Rows to learn from.
        test: Rows that only the final report, the explanation and the last refit see.
        problem: The problem as settled.
        profile: Statistics of the training rows by column.
        guardrails: Page that says what each guardrail saw and did.
        guardrail_results: The same as JSON.
    """
    from podium_components.supervision import run_stage

    facts = run_stage(
        "validate_data",
        table=table.path,
        settings=settings,
        train=train.path,
        test=test.path,
        problem=problem.path,
        profile=profile.path,
        guardrails=guardrails.path,
        guardrail_results=guardrail_results.path,
        time_limit=time_limit,
    )
    problem.metadata.update({name: facts[name] for name in ("task", "metric") if name in facts})
