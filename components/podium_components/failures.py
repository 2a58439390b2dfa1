"""Leaves notes of failed work for later runs, which must not take it from the cache."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from podium_ml.contracts import BranchSpec
from podium_ml.training.failure_notes import leave_note, marked_failure


def leave_notes_of_branches(notes: Mapping[str, str], candidates: Iterable[str]) -> None:
    """Leave a note for each branch that failed.

    Args:
        notes: Where, by the name of the branch.
        candidates: Folders of the candidates.
    """
    for folder in candidates:
        if reason := marked_failure(folder):
            _leave(notes.get(_algorithm(folder), ""), reason)


def leave_notes_of_stages(plan: str, **outputs: str) -> None:
    """Leave a note for each stage that the run went on without.

    Args:
        plan: File of the plan.
        **outputs: The folder that each stage wrote, by the name of the stage.
    """
    notes = json.loads(Path(plan).read_text(encoding="utf-8"))["notes"]
    for stage, folder in outputs.items():
        if reason := marked_failure(folder):
            _leave(notes.get(stage, ""), reason)


def notes_of_branches(plan: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return where the note of each branch belongs, by its name.

    Args:
        plan: The fields of one ``BranchSpec`` per branch.
    """
    return {BranchSpec.from_dict(dict(one)).name: one["note"] for one in plan if one.get("note")}


def _algorithm(candidate: str) -> str:
    path = Path(candidate) / "candidate.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["algorithm"]) if path.is_file() else ""


def _leave(note: str, reason: str) -> None:
    """Leave a note, or print why it could not be left: a run does not fail for that."""
    if problem := leave_note(note, reason):
        print(f"Later runs on the same data may take this failure from the cache: {problem}", flush=True)
