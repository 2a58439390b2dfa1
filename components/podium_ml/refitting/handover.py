"""Decides whether a run delivers the chosen or the refitted model. Imports the standard library only."""

import json
from pathlib import Path

MODEL, REFIT = "model.pkl", "refit.json"
# The chosen model after it was told of further rows, without learning from them anew.
FOLLOWED = "followed.pkl"
_FOLLOWED_TEXT = "The model keeps its parameters, and goes on from the newest of all rows."


def record_refit(folder: str | Path, *, refitted: bool, reason: str) -> dict[str, bool | str]:
    """Record whether the chosen model was refitted.

    If it was not, and the folder holds a model that was told of all rows, that one is handed over.

    Args:
        folder: Folder to write ``refit.json`` to.
        refitted: Whether the folder holds a refitted ``model.pkl``.
        reason: Reason for the outcome, in words for the user.

    Returns:
        ``refitted`` and the ``reason``.
    """
    target, followed = Path(folder), Path(folder) / FOLLOWED
    target.mkdir(parents=True, exist_ok=True)
    if not refitted and followed.exists():
        followed.replace(target / MODEL)
        refitted, reason = True, f"{reason} {_FOLLOWED_TEXT}"
    followed.unlink(missing_ok=True)
    facts: dict[str, bool | str] = {"refitted": refitted, "reason": reason}
    (target / REFIT).write_text(json.dumps(facts), encoding="utf-8")
    return facts


def model_to_hand_over(model: str | Path, finished: str | Path) -> Path:
    """Return the file of the model to deliver: the refitted model if there is one, else the chosen model.

    Args:
        model: Folder of the chosen model.
        finished: Folder written by ``record_refit``.
    """
    record = Path(finished) / REFIT
    refitted = record.exists() and json.loads(record.read_text(encoding="utf-8"))["refitted"]
    return Path(finished if refitted else model) / MODEL
