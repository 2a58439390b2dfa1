"""Collects all results of a run in one folder."""

from typing import List

from kfp.dsl import HTML, Artifact, Input, Markdown, Model, Output

from podium_components._component import component


@component
def publish_run(
    problem: Input[Artifact],
    validation: Input[Artifact],
    plan: Input[Artifact],
    candidates: Input[List[Model]],
    model: Input[Model],
    evaluation: Input[Artifact],
    finished: Input[Model],
    publication: dict,
    tracking: dict,
    delivery: Output[Model],
    report: Output[HTML],
    summary: Output[Markdown],
):
    """Write the model, leaderboard, trial ledger and report, log the run to MLflow, and promote the model last.

    Args:
        problem: The inferred problem.
        validation: Statistics of the training rows, and the results of the guardrails.
        plan: The branches, and the algorithms that were left out, with the reasons.
        candidates: The trained candidates of all branches.
        model: The chosen model as it was evaluated, and the ensembles.
        evaluation: Leaderboard, scores, chart data, and whether the model is to become the champion.
        finished: The explanation, and the refitted model.
        publication: All settings, and the versions that later runs compare against.
        tracking: MLflow experiment and run names.
        delivery: Folder with model.pkl, leaderboard.csv, metrics.json, trials.jsonl, report.html and more.
        report: The report.
        summary: The result in a few lines.
    """
    from podium_components.failures import leave_notes_of_stages
    from podium_components.metadata import annotate
    from podium_components.notices import notify_decision
    from podium_components.repeats import leave_record
    from podium_components.sources import leave_sources
    from podium_components.supervision import run_stage
    from podium_ml.run.events import emit

    leave_notes_of_stages(plan.path, challenge_champion=evaluation.path, refit_model=finished.path)
    facts = run_stage(
        "publish_run",
        problem=problem.path,
        validation=validation.path,
        plan=plan.path,
        candidates=[one.path for one in candidates],
        model=model.path,
        evaluation=evaluation.path,
        finished=finished.path,
        publication=publication,
        tracking=tracking,
        delivery=delivery.path,
        report=report.path,
        summary=summary.path,
    )
    leave_sources(delivery.path, model=model.uri, validation=validation.uri, evaluation=evaluation.uri)
    annotate(delivery, {name: value for name, value in facts.items() if isinstance(value, str)})
    emit("output", stage="publish_run", name="delivery", path=delivery.path)
    leave_record(
        delivery.uri,
        publication["request"],
        facts,
        candidates=[one.path for one in candidates],
        stages=[evaluation.path, finished.path],
    )
    asked = publication["settings"]
    notify_decision(facts, notify=asked["notify"], name=asked["name"], report=report.uri)
