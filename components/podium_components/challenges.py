"""How the comparison with the champion is run so that whatever happens to it leaves the champion where it is."""

from typing import Any

from podium_components.supervision import StageFailedError, reported, supervise
from podium_ml.run.budget import stage_timeout

_NUMBERS = ("champion_score", "challenger_score", "improvement", "low", "high", "rows")


def challenge(
    *, champion: str, model: str, settings: dict[str, Any], decision: str, time_limit: str, **inputs: str
) -> dict[str, Any]:
    """Compare in a supervised child; if that dies or fails, the decision is to leave things as they are.

    Args:
        champion: Folder of the champion.
        model: Folder of the chosen model.
        settings: What the gate asks.
        decision: Folder to write.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        **inputs: The other arguments of the stage.

    Returns:
        Fields of the ``Decision``.
    """
    common = {"champion": champion, "model": model, "settings": settings, "decision": decision}
    call = "podium_ml.stages.challenge_champion"
    with reported("challenge_champion"):
        try:
            arguments = {**common, **inputs, "time_limit": time_limit}
            return supervise(
                f"{call}:run", arguments, timeout=stage_timeout("challenge_champion", time_limit)
            )
        except StageFailedError as failure:
            return supervise(f"{call}:record_failure", {**common, "reason": str(failure)})


def numbers(facts: dict[str, Any]) -> dict[str, float]:
    """Return what there is to show as metrics of a decision."""
    known = {name: facts[name] for name in _NUMBERS if facts.get(name) is not None}
    return {**known, "promoted": float(facts["promoted"])}


def describe(facts: dict[str, Any]) -> str:
    """Return a decision as Markdown.

    >>> print(describe({"promoted": False, "reason": "No better.", "champion": "churn/7", "challenger": "ridge"}))
    # Held
    <BLANKLINE>
    No better.
    <BLANKLINE>
    Champion: churn/7. Challenger: ridge.
    <BLANKLINE>
    """
    title = "Promoted" if facts["promoted"] else "Held"
    who = f"Champion: {facts.get('champion') or 'none'}. Challenger: {facts['challenger']}."
    return f"# {title}\n\n{facts['reason']}\n\n{who}\n"
