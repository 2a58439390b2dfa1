"""The stage that collects the results for the user, and logs the run to MLflow."""

import os
import shutil
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from podium_ml.champions.names import check_names
from podium_ml.contracts import Decision
from podium_ml.refitting.handover import model_to_hand_over
from podium_ml.reporting.delivery import write_delivery
from podium_ml.reporting.environment import content_policy
from podium_ml.reporting.report import render_report
from podium_ml.reporting.run_facts import RunFacts, read_facts
from podium_ml.reporting.summary import render_summary
from podium_ml.reporting.titles import metric_of, model_title
from podium_ml.run.elapsed import run_seconds, stage_seconds
from podium_ml.run.only_shown import only_shown
from podium_ml.tracking.store import URI_VARIABLE
from podium_ml.values.masking import masked

if TYPE_CHECKING:
    from podium_ml.champions.promotion import Promotion


# A pod has no place to keep a registry of its own.
_SHOWN = 3  # models of the leaderboard in a notification
_NO_SERVER = f"The run was neither logged nor registered: {URI_VARIABLE} is not set."


def run(
    *,
    publication: dict[str, Any],
    tracking: dict[str, str],
    delivery: str,
    report: str,
    summary: str,
    **artifacts: Any,
) -> dict[str, Any]:
    """Write the delivery and the report, and log the run to MLflow.

    Args:
        publication: The user's ``settings``, and the ``versions`` that later runs compare against: the ``fingerprint``
            of the data and the hash of the ``settings``.
        tracking: MLflow folder, experiment and run name; all optional.
        delivery: Folder to write.
        report: HTML file to write.
        summary: Markdown file to write.
        **artifacts: The other inputs of ``read_facts``.

    Returns:
        The names of the run and the model in MLflow, or a ``warning`` if logging failed, which does not fail the run.
        For notifications, also the ``decision`` as it was carried out, the ``scores``, and the ``best`` models.

    Raises:
        SettingsError: The cluster's owner does not allow the name.
    """
    facts = read_facts(
        settings=publication["settings"], seconds=run_seconds(), timings=stage_seconds(), **artifacts
    )
    check_names(facts.problem.name, tracking)
    folder = Path(delivery)
    model = model_to_hand_over(artifacts["model"], artifacts["finished"])
    write_delivery(facts, folder, model=model, evaluation=artifacts["evaluation"])
    Path(summary).write_text(render_summary(facts), encoding="utf-8")
    (folder / "report.html").write_text(_report(facts), encoding="utf-8")
    shutil.copyfile(folder / "report.html", report)
    result = {
        "scores": _scores(facts),
        "best": _best(facts),
        "decision": _with_outcome(facts.decision, "not registered"),
    }
    if not tracking.get("folder") and not os.environ.get(URI_VARIABLE):
        print(_NO_SERVER)
        return {**result, "warning": _NO_SERVER}
    try:
        logged = _log(
            facts, folder, candidates=artifacts["candidates"], model=artifacts["model"], tracking=tracking
        )
        promotion = _register(
            facts,
            folder,
            logged,
            decision=artifacts["evaluation"],
            versions=publication["versions"],
            tracking=tracking,
        )
    except Exception as error:
        warning = masked(f"The run was not logged to MLflow: {type(error).__name__}: {error}")
        print(warning)
        return {**result, "warning": warning[:500]}
    # This comes last: if a run ends before this point, the champion stays.
    decision = _with_outcome(promotion.decision, promotion.carry_out()) if promotion else {}
    return {**result, **logged, "decision": decision}


def _register(
    facts: RunFacts,
    folder: Path,
    logged: dict[str, str],
    *,
    decision: str,
    versions: dict[str, str],
    tracking: dict[str, str],
) -> "Promotion | None":
    """Record what later runs need of the registered version, and return its pending promotion."""
    if facts.decision is None:
        return None
    from podium_ml.champions.promotion import Promotion
    from podium_ml.champions.record import record
    from podium_ml.champions.registry import ModelRegistry, Version
    from podium_ml.stages.challenge_champion import compared_rows, seen_rows

    registry = ModelRegistry(tracking.get("folder") or ".")
    version = Version(logged["model_name"], logged["model_version"], logged["run_id"])
    promotion = Promotion(registry, version, facts.decision)
    record(
        registry,
        version,
        decision=promotion.decision,
        profile=facts.profile,
        candidates=facts.candidates,
        seen_rows=seen_rows(decision, with_test=_saw_test(facts)),
        compared_rows=compared_rows(decision),
        delivery=folder,
        versions=versions,
        own_key=bool(tracking.get("folder")),
    )
    return promotion


def _saw_test(facts: RunFacts) -> bool:
    """Whether later comparisons must not use the test rows.

    Test data that the user gave separately can be used again, unless the model was refitted on it.
    """
    return bool(facts.refit.get("refitted")) or not facts.settings.get("test")


def _scores(facts: RunFacts) -> dict[str, float | None]:
    chosen = next((model for model in facts.evaluation.models if model.chosen), None)
    return {name: one.value for name, one in chosen.test.items()} if chosen else {}


def _best(facts: RunFacts) -> list[dict[str, Any]]:
    """Return the top of the leaderboard for notifications: titles, and out-of-fold scores."""
    models = [one for one in facts.evaluation.models if one.status == "ok"][:_SHOWN]
    metric = metric_of(facts.problem).title
    return [
        {"model": model_title(one.name), "metric": metric, "score": one.oof_score, "chosen": one.chosen}
        for one in models
    ]


def _with_outcome(decision: Decision | None, outcome: str) -> dict[str, Any]:
    """Return the decision for notifications, with the outcome in a few words."""
    return {} if decision is None else {**decision.to_dict(), "outcome": outcome}


def _report(facts: RunFacts) -> str:
    """Return the report. If drawing it fails, return the summary instead, because the run must not fail for it."""
    now = datetime.now().astimezone()
    return only_shown(
        lambda: render_report(facts, made=f"{now.day} {now:%B %Y, %H:%M}"),
        otherwise=lambda: (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(content_policy())}">'
            "<title>Podium</title></head><body>"
            f"<p>The report could not be drawn. This is its summary.</p><pre>{escape(render_summary(facts))}</pre>"
            "</body></html>\n"
        ),
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
