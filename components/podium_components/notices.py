"""Notifies the user about a run, through an event and, if the user wants it, through the webhook."""

from typing import Any

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
    content = {
        "text": text.strip(),
        "run": facts.get("run_name", "") or name,
        "status": "succeeded",
        "failed_task": "",
        "decision": decision,
        "scores": facts.get("scores", {}),
        "report": report,
    }
    post(notify, "decision", content)


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
