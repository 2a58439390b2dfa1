"""The stage that gathers what a user takes home, and logs the run."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.reporting.delivery import write_delivery
from podium_ml.reporting.report import render_report
from podium_ml.reporting.run_facts import read_facts
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
    (folder / "report.html").write_text(render_report(facts), encoding="utf-8")
    shutil.copyfile(folder / "report.html", report)
    Path(summary).write_text(render_summary(facts), encoding="utf-8")
    try:
        from podium_ml.tracking import log_run

        return log_run(
            folder,
            settings=facts.settings,
            problem=facts.problem,
            evaluation=facts.evaluation,
            selection=facts.selection,
            candidates=[Path(path) for path in candidates],
            example=pd.read_parquet(Path(artifacts["model"]) / "example.parquet"),
            tracking=tracking,
        )
    except Exception as error:
        warning = f"The run was not logged to MLflow: {type(error).__name__}: {error}"
        print(warning)
        return {"warning": warning[:500]}
