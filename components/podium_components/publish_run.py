"""Everything that a user takes home, in one place."""

from typing import List

from kfp.dsl import HTML, Artifact, Dataset, Input, Markdown, Model, Output

from podium_components._component import component


@component
def publish_run(
    table: Input[Dataset],
    problem: Input[Artifact],
    profile: Input[Artifact],
    guardrail_results: Input[Artifact],
    skipped: Input[Artifact],
    candidates: Input[List[Model]],
    ensemble: Input[Model],
    model: Input[Model],
    refitted: Input[Model],
    evaluation: Input[Artifact],
    explanation: Input[Artifact],
    decision: Input[Artifact],
    plan: List[dict],
    source: str,
    test: str,
    target: str,
    task: str,
    metric: str,
    time_limit: str,
    max_trials: int,
    trial_timeout: str,
    target_score: str,
    patience: int,
    parallel: int,
    algorithms: str,
    exclude: str,
    test_fraction: float,
    folds: str,
    time_column: str,
    group_column: str,
    weight_column: str,
    positive_label: str,
    drop: str,
    max_memory: str,
    max_latency: str,
    interpretable: bool,
    refit: bool,
    seed: int,
    name: str,
    promote: str,
    promotion_margin: float,
    skip_unchanged: bool,
    notify: str,
    data_version: str,
    settings_hash: str,
    tracking: dict,
    delivery: Output[Model],
    report: Output[HTML],
    summary: Output[Markdown],
):
    """Gather model, leaderboard, ledger and report, log the run to MLflow, and at the very end promote the model.

    Args:
        table: The ingested rows, for what ingestion inferred.
        problem: The problem as settled.
        profile: Statistics of the training rows.
        guardrail_results: What the guardrails saw and did.
        skipped: Algorithms that did not run, and why.
        candidates: What the branches trained.
        ensemble: Their ensembles.
        model: The chosen model as it was evaluated.
        refitted: The model to hand over.
        evaluation: Leaderboard, scores and chart data.
        explanation: What drives the model.
        decision: Whether the model is to become the champion, and why.
        plan: The branches.
        source: Labelled data: a file, folder, glob, http(s) or s3 URL, or database URL.
        test: Separate test data; empty sets part of the source aside.
        target: Name of the column to predict.
        task: Kind of problem; auto infers it from the target.
        metric: Metric that models are compared by; auto fits the task.
        time_limit: Wall-clock limit of the whole run, like 10m or 1h; empty for none.
        max_trials: Most configurations to try per algorithm; 0 for no limit.
        trial_timeout: Most time for one configuration, like 2m; empty for no limit.
        target_score: Stop searching once the metric is this good; empty for never.
        patience: Stop an algorithm after so many trials without gain; 0 for auto.
        parallel: Branches that the cluster trains at once, among which it shares the time; 0 for two.
        algorithms: Algorithms to try, separated by commas; empty for all that fit.
        exclude: Algorithms to leave out, separated by commas.
        test_fraction: Fraction of rows set aside for the final test.
        folds: Number of cross-validation folds; auto fits the number of rows.
        time_column: Column that orders rows in time: folds and test respect it.
        group_column: Column whose equal values stay together in folds and test.
        weight_column: Column of sample weights.
        positive_label: Class that counts as positive; empty takes the rarer one.
        drop: Columns to leave out, separated by commas.
        max_memory: Most memory for training, like 8G; empty takes what there is.
        max_latency: Longest time to predict one row, like 5ms; empty for no limit.
        interpretable: Choose only among models that explain themselves.
        refit: Train the chosen model again on all rows, where time allows.
        seed: Seed of everything random.
        name: Project name: MLflow experiment and registered model.
        promote: When the new model becomes the champion: auto if clearly better, never, or always.
        promotion_margin: By how much of the metric it must beat the champion.
        skip_unchanged: End at once if data and settings are those of the champion.
        notify: When to tell the webhook that PODIUM_WEBHOOK_URL names.
        data_version: Content hash or version of the data.
        settings_hash: Hash of the settings that what a run does depends on.
        tracking: MLflow experiment and run names.
        delivery: Folder with model.pkl, leaderboard.csv, metrics.json, trials.jsonl, report.html and more.
        report: The report.
        summary: The result in a few lines.
    """
    from podium_components.notices import tell_decision
    from podium_components.parameters import plain
    from podium_components.supervision import run_stage
    from podium_ml.run.events import emit

    settings = plain(locals())
    versions = {"fingerprint": settings.pop("data_version"), "settings": settings.pop("settings_hash")}
    facts = run_stage(
        "publish_run",
        ingestion=table.path,
        problem=problem.path,
        profile=profile.path,
        guardrail_results=guardrail_results.path,
        skipped=skipped.path,
        candidates=[one.path for one in candidates],
        ensemble=ensemble.path,
        model=model.path,
        refitted=refitted.path,
        evaluation=evaluation.path,
        explanation=explanation.path,
        decision=decision.path,
        versions=versions,
        plan=plan,
        settings=settings,
        tracking=tracking,
        delivery=delivery.path,
        report=report.path,
        summary=summary.path,
    )
    delivery.metadata.update({key: value for key, value in facts.items() if isinstance(value, str)})
    emit("output", stage="publish_run", name="delivery", path=delivery.path)
    tell_decision(facts, notify=notify, name=name, report=report.uri)
