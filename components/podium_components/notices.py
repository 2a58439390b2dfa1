"""Notifies the user about a run, through an event and, if the user wants it, through the webhook."""

from typing import Any
from urllib.parse import urlsplit

from podium_ml.run.events import emit
from podium_ml.run.notification import notify as post


def notify_unchanged(champion: str, *, notify: str, name: str) -> None:
    """Notify the user that the run stopped early because it would only reproduce the champion.

    Args:
        champion: Name and version of the champion, like ``"churn/7"``.
        notify: When the user wants to be notified.
        name: Project name.
    """
    text = f"Unchanged: the champion {champion} was trained with the same data and settings. Nothing was trained."
    print(text)
    emit("run_unchanged", champion=champion, message=text)
    content = {
        "text": f"{name or 'Podium'}: {text}",
        "run": name,
        "status": "unchanged",
        "champion": champion,
    }
    post(notify, "unchanged", content)


def notify_decision(facts: dict[str, Any], *, notify: str, name: str, report: str) -> None:
    """Notify the user of the comparison between champion and challenger, after the decision was carried out.

    Args:
        facts: What ``publish_run`` returned.
        notify: When the user wants to be notified.
        name: Project name.
        report: Location of the report.
    """
    decision = facts.get("decision") or {}
    text = f"{name or 'Podium'}: {decision.get('outcome', 'finished')}. {decision.get('reason', '')}"
    link = run_page(facts) or report
    lines = [text.strip(), *_best_models(facts.get("best", [])), f"Details: {link}" if link else ""]
    content = {
        "text": "\n".join(line for line in lines if line),
        "run": facts.get("run_name", "") or name,
        "status": "succeeded",
        "failed_task": "",
        "decision": decision,
        "scores": facts.get("scores", {}),
        "leaderboard": facts.get("best", []),
        "report": report,
        "link": link,
    }
    post(notify, "decision", content)


def _best_models(best: list[dict[str, Any]]) -> list[str]:
    """Return the top of the leaderboard as lines.

    >>> _best_models([{"model": "LightGBM", "metric": "AUC", "score": 0.9123, "chosen": True}])
    ['1. LightGBM: AUC 0.9123 (chosen)']
    """
    return [
        f"{place}. {one['model']}: {one['metric']} {one['score']:.4g}{' (chosen)' if one['chosen'] else ''}"
        for place, one in enumerate(best, start=1)
        if one["score"] is not None
    ]


def run_page(facts: dict[str, Any]) -> str:
    """Return the address of the run on the MLflow server, which a browser can open; empty without a server.

    >>> run_page({"uri": "https://user:word@mlflow.example.com/", "experiment": "4", "run_id": "a1"})
    'https://mlflow.example.com/#/experiments/4/runs/a1'
    >>> run_page({"uri": "sqlite:////runs/mlflow.db", "experiment": "4", "run_id": "a1"})
    ''
    """
    parts = urlsplit(facts.get("uri", ""))
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}/#/experiments/{facts['experiment']}/runs/{facts['run_id']}"


def went_well(state: str) -> bool:
    """Whether a final status means that all stages succeeded.

    KFP's local engine reports ``SUCCEEDED``. A cluster reports the state that ML Metadata holds for the stages:
    ``COMPLETE``, or ``RUNNING`` if all of them came from the cache.

    >>> went_well("SUCCEEDED"), went_well("COMPLETE"), went_well("FAILED")
    (True, True, False)
    """
    return state in ("SUCCEEDED", "COMPLETE", "CACHED", "RUNNING")


def notify_end(*, notify: str, name: str, state: str, failed: str, message: str) -> None:
    """Notify the user that a run failed.

    For a run that succeeded, ``publish_run`` sends the notification, because only it knows the decision.

    Args:
        notify: When the user wants to be notified.
        name: Project name.
        state: Final state of the run.
        failed: The task that failed; empty if unknown.
        message: The error message; may be empty.
    """
    if went_well(state):
        return
    text = f"{name or 'Podium'}: the run {state.lower()}" + (f" at {failed}." if failed else ".")
    content = {
        "text": f"{text} {message}".strip(),
        "run": name,
        "status": state.lower(),
        "failed_task": failed,
        "message": message,
    }
    post(notify, "failure", content)
