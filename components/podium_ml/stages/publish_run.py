"""The stage that gathers what a user takes home, and logs the run."""

import shutil
import traceback
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.reporting.delivery import write_delivery
from podium_ml.reporting.report import render_report
from podium_ml.reporting.run_facts import RunFacts, read_facts
from podium_ml.reporting.summary import render_summary


def run(
    *,
    candidates: list[str],
    refitted: str,
    evaluation: str,
    tracking: dict[str, str],
    delivery: str,
    report: str,
    summary: str,
    **artifacts: Any,
) -> dict[str, Any]:
    """Write the delivery and the report, and log the run to MLflow.

    Args:
        candidates: Folders of the candidates.
        refitted: Folder of the model to hand over.
        evaluation: Folder of the evaluation.
        tracking: MLflow folder, experiment and run name; all optional.
        delivery: Folder to write.
        report: HTML file to write.
        summary: Markdown file to write.
        **artifacts: The other inputs of ``read_facts``.

    Returns:
        What MLflow calls the run and the model, or a ``warning`` if it failed: a run is not lost for that.
    """
    facts = read_facts(candidates=candidates, refitted=refitted, evaluation=evaluation, **artifacts)
    folder = Path(delivery)
    write_delivery(facts, folder, model=refitted, evaluation=evaluation)
    Path(summary).write_text(render_summary(facts), encoding="utf-8")
    (folder / "report.html").write_text(_report(facts), encoding="utf-8")
    shutil.copyfile(folder / "report.html", report)
    try:
        return _log(facts, folder, candidates=candidates, model=artifacts["model"], tracking=tracking)
    except Exception as error:
        warning = f"The run was not logged to MLflow: {type(error).__name__}: {error}"
        print(warning)
        return {"warning": warning[:500]}


def _report(facts: RunFacts) -> str:
    """Return the report; if drawing it fails, the summary in its place: the model is worth more than its report."""
    now = datetime.now().astimezone()
    try:
        return render_report(facts, made=f"{now.day} {now:%B %Y, %H:%M}")
    except Exception:
        traceback.print_exc()
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Podium</title></head><body>'
            f"<p>The report could not be drawn; this is its summary.</p><pre>{escape(render_summary(facts))}</pre>"
            "</body></html>\n"
        )


def _log(
    facts: RunFacts, folder: Path, *, candidates: list[str], model: str, tracking: dict[str, str]
) -> dict[str, Any]:
    from podium_ml.tracking import log_run

    return log_run(
        folder,
        settings=facts.settings,
        problem=facts.problem,
        evaluation=facts.evaluation,
        selection=facts.selection,
        candidates=[Path(path) for path in candidates],
        example=pd.read_parquet(Path(model) / "example.parquet"),
        tracking=tracking,
    )
