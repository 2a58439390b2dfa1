"""Runs the comparison with the champion so that the champion stays whatever happens to the comparison."""

import tempfile
from pathlib import Path
from typing import Any

from podium_components.supervision import Confinement, StageFailedError, announced, reported, supervise
from podium_ml.champions.folder import ANSWER
from podium_ml.run.budget import stage_timeout
from podium_ml.training.failure_notes import mark_failure
from podium_ml.values.markup import escape_markdown

_NUMBERS = ("champion_score", "challenger_score", "improvement", "low", "high")


def compare(promotion: dict[str, Any], *, time_limit: str, **inputs: str) -> dict[str, Any]:
    """Fetch the champion and compare it with the new model, in supervised children.

    If a child fails, the champion stays.

    Args:
        promotion: ``champion``, ``registry`` and the ``PromotionSettings``.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
        **inputs: The other arguments of the stage ``challenge_champion``.

    Returns:
        Fields of the ``Decision``.
    """
    settings = {name: value for name, value in promotion.items() if name not in ("champion", "registry")}
    call = "podium_ml.stages.challenge_champion"
    with reported("challenge_champion"), tempfile.TemporaryDirectory(prefix="podium-") as folder:
        try:
            champion = str(Path(folder) / "champion")
            if refused := _read_champion(promotion, champion)["refused"]:
                mark_failure(inputs["evaluation"], refused)
            elif promotion["champion"]:
                _predict(champion, inputs, time_limit=time_limit)
            arguments = {"champion": champion, "settings": settings, "time_limit": time_limit, **inputs}
            timeout = stage_timeout("challenge_champion", time_limit)
            return supervise(f"{call}:run", arguments, timeout=timeout)
        except StageFailedError as failure:
            mark_failure(inputs["evaluation"], str(failure))
            known = {name: inputs[name] for name in ("model", "evaluation")}
            arguments = {
                "champion": promotion["champion"],
                "settings": settings,
                "reason": str(failure),
                **known,
            }
            return supervise(f"{call}:record_failure", arguments)


def _read_champion(promotion: dict[str, Any], folder: str) -> dict[str, str]:
    arguments = {"champion": promotion["champion"], "registry": promotion["registry"], "folder": folder}
    with announced("read_champion"):
        read: dict[str, str] = supervise("podium_ml.stages.read_champion:run", arguments)
        return read


def _predict(champion: str, inputs: dict[str, str], *, time_limit: str) -> None:
    """Let the champion's model predict in a child that can reach nothing but the champion and the rows."""
    given = {"champion": champion, **{name: inputs[name] for name in ("train", "test", "problem")}}
    answer = Path(champion).with_name("answer")
    answer.mkdir()
    supervise(
        "podium_ml.champions.confined_answer:predict",
        {**given, "folder": str(answer), "time_limit": time_limit},
        timeout=stage_timeout("challenge_champion", time_limit),
        confinement=Confinement(readable=tuple(given.values()), writable=(str(answer),)),
    )
    for path in answer.glob(ANSWER):
        path.rename(Path(champion) / ANSWER)


def numbers(facts: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of a decision to show as metrics; only ``promoted`` if nothing was compared."""
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
    champion, challenger, reason = (
        escape_markdown(str(facts.get(name) or "none")) for name in ("champion", "challenger", "reason")
    )
    return f"# {title}\n\n{reason}\n\nChampion: {champion}. Challenger: {challenger}.\n"
