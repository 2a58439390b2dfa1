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
    plan: List[dict],
    settings: dict,
    tracking: dict,
    delivery: Output[Model],
    report: Output[HTML],
    summary: Output[Markdown],
):
    """Gather model, leaderboard, ledger and report, and log the run to MLflow.

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
        plan: The branches.
        settings: What the user asked for.
        tracking: MLflow experiment and run names.
        delivery: Folder with model.pkl, leaderboard.csv, metrics.json, trials.jsonl, report.html and more.
        report: The report.
        summary: The result in a few lines.
    """
    from podium_components.supervision import run_stage
    from podium_ml.events import emit

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
        plan=plan,
        settings=settings,
        tracking=tracking,
        delivery=delivery.path,
        report=report.path,
        summary=summary.path,
    )
    delivery.metadata.update(facts)
    emit("output", stage="publish_run", name="delivery", path=delivery.path)
