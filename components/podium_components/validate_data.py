"""The second stage: what is the problem, and can the data be trusted?"""

from kfp.dsl import HTML, Artifact, Dataset, Input, Output

from podium_components._component import component


@component
def validate_data(
    table: Input[Dataset],
    lessons: Input[Artifact],
    target: str,
    task: str,
    metric: str,
    test_fraction: float,
    folds: str,
    time_column: str,
    group_column: str,
    weight_column: str,
    positive_label: str,
    drop: str,
    max_memory: str,
    seed: int,
    name: str,
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
        lessons: Of a champion that was trained on other data, to compare these with.
        target: Name of the column to predict.
        task: Kind of problem; auto infers it from the target.
        metric: Metric that models are compared by; auto fits the task.
        test_fraction: Fraction of rows set aside for the final test.
        folds: Number of cross-validation folds; auto fits the number of rows.
        time_column: Column that orders rows in time.
        group_column: Column whose equal values stay together.
        weight_column: Column of sample weights.
        positive_label: Class that counts as positive.
        drop: Columns to leave out, separated by commas.
        max_memory: Most memory for training.
        seed: Seed of everything random.
        name: Project name.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        train: Rows to learn from.
        test: Rows that only the final report, the explanation and the last refit see.
        problem: The problem as settled.
        profile: Statistics of the training rows by column.
        guardrails: Page that says what each guardrail saw and did.
        guardrail_results: The same as JSON.
    """
    from podium_components.parameters import plain
    from podium_components.supervision import run_stage

    settings = plain(locals())
    del settings["time_limit"]
    facts = run_stage(
        "validate_data",
        table=table.path,
        lessons=lessons.path,
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
