"""What the user is told of a run: as an event, and by the webhook if that is wished."""

from typing import Any

from podium_ml.run.events import emit
from podium_ml.run.notification import notify as post


def tell_unchanged(champion: str, *, notify: str, name: str) -> None:
    """Tell that a run ends at its beginning, for it would only make the champion again."""
    text = f"Unchanged: data and settings are those of the champion {champion}. Nothing was trained."
    print(text)
    emit("run_unchanged", champion=champion, message=text)
    content = {
        "text": f"{name or 'Podium'}: {text}",
        "run": name,
        "status": "unchanged",
        "champion": champion,
    }
    post(notify, "unchanged", content)


def tell_decision(facts: dict[str, Any], *, notify: str, name: str, report: str) -> None:
    """Tell how champion and challenger compared; called when the decision has been carried out.

    Args:
        facts: What ``publish_run`` returned.
        notify: When the user wants to be told.
        name: Project name.
        report: Where the report lies.
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
    """Whether a final status says that all stages ended well.

    KFP's local engine says ``SUCCEEDED``. On a cluster it is the state that ML Metadata has of the stages:
    ``COMPLETE``, or ``RUNNING`` when all of them came from the cache.

    >>> went_well("SUCCEEDED"), went_well("COMPLETE"), went_well("FAILED")
    (True, True, False)
    """
    return state in ("SUCCEEDED", "COMPLETE", "CACHED", "RUNNING")


def tell_end(*, notify: str, name: str, state: str, failed: str, message: str) -> None:
    """Tell that a run failed; how one that went well went, ``publish_run`` tells, which alone knows the decision."""
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
