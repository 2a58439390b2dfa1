"""The stage that gathers what a user takes home, and logs the run."""

import os
import shutil
import traceback
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from podium_ml.contracts import Decision
from podium_ml.reporting.delivery import write_delivery
from podium_ml.reporting.report import render_report
from podium_ml.reporting.run_facts import RunFacts, read_facts
from podium_ml.reporting.summary import render_summary
from podium_ml.tracking.store import URI_VARIABLE

if TYPE_CHECKING:
    from podium_ml.champions.title import Title


# A pod has nowhere to keep a registry of its own.
_NO_SERVER = f"Neither logged nor registered: {URI_VARIABLE} names no MLflow server."


def run(
    *,
    candidates: list[str],
    refitted: str,
    evaluation: str,
    decision: str = "",
    versions: dict[str, str] | None = None,
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
        decision: Folder of the decision; empty leaves the registry's alias where it is.
        versions: ``fingerprint`` of the data and hash of the ``settings``, for later runs to compare.
        tracking: MLflow folder, experiment and run name; all optional.
        delivery: Folder to write.
        report: HTML file to write.
        summary: Markdown file to write.
        **artifacts: The other inputs of ``read_facts``.

    Returns:
        What MLflow calls the run and the model, or a ``warning`` if it failed (a run is not lost for that); and, for
        notifications, the ``decision`` as it was carried out, and the ``scores``.
    """
    facts = read_facts(
        candidates=candidates, refitted=refitted, evaluation=evaluation, decision=decision, **artifacts
    )
    folder = Path(delivery)
    write_delivery(facts, folder, model=refitted, evaluation=evaluation)
    Path(summary).write_text(render_summary(facts), encoding="utf-8")
    (folder / "report.html").write_text(_report(facts), encoding="utf-8")
    shutil.copyfile(folder / "report.html", report)
    told = {"scores": _scores(facts), "decision": _told(facts.decision, "not registered")}
    if not tracking.get("folder") and not os.environ.get(URI_VARIABLE):
        print(_NO_SERVER)
        return {**told, "warning": _NO_SERVER}
    try:
        logged = _log(facts, folder, candidates=candidates, model=artifacts["model"], tracking=tracking)
        title = _register(
            facts, folder, logged, decision=decision, versions=versions or {}, tracking=tracking
        )
    except Exception as error:
        warning = f"The run was not logged to MLflow: {type(error).__name__}: {error}"
        print(warning)
        return {**told, "warning": warning[:500]}
    # The very last act: whatever ends a run before this leaves the champion where it is.
    return {**told, **logged, "decision": _told(title.decision, title.take()) if title else {}}


def _register(
    facts: RunFacts,
    folder: Path,
    logged: dict[str, str],
    *,
    decision: str,
    versions: dict[str, str],
    tracking: dict[str, str],
) -> "Title | None":
    """Keep what later runs need of the registered version, and return its claim to the title."""
    if facts.decision is None:
        return None
    from podium_ml.champions.record import record
    from podium_ml.champions.registry import Registry, Version
    from podium_ml.champions.title import Title
    from podium_ml.stages.challenge_champion import seen_rows

    registry = Registry(tracking.get("folder") or ".")
    version = Version(logged["model_name"], logged["model_version"], logged["run_id"])
    title = Title(registry, version, facts.decision)
    record(
        registry,
        version,
        decision=title.decision,
        profile=facts.profile,
        candidates=facts.candidates,
        seen_rows=seen_rows(decision, with_test=_saw_test(facts)),
        model=folder / "model.pkl",
        versions=versions,
    )
    return title


def _saw_test(facts: RunFacts) -> bool:
    """Whether the test rows are none to compare this model on again; data that the user set aside for that are."""
    return bool(facts.refit.get("refitted")) or not facts.settings.get("test")


def _scores(facts: RunFacts) -> dict[str, float | None]:
    chosen = next((model for model in facts.evaluation.models if model.chosen), None)
    return {name: one.value for name, one in chosen.test.items()} if chosen else {}


def _told(decision: Decision | None, outcome: str) -> dict[str, Any]:
    """Return the decision as notifications show it, with what became of it in a word."""
    return {} if decision is None else {**decision.to_dict(), "outcome": outcome}


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
