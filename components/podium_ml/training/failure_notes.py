"""Notes of failed work for later runs, so that no run takes a failure from the cache.

A note lies beside the statistics of the training rows, where the next run on the same data finds it. That run names
another note for the branch or stage. The name is one of its parameters, so the cache has no result for it.

Work that fails has no key of the object store. It marks its own output, and a later task that has one leaves the note,
where the plan says and nowhere else.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from podium_ml.contracts import BranchSpec
from podium_ml.object_store import Bucket, ObjectStore
from podium_ml.values.addresses import place_of, scheme_of

# Folder of the notes, in the folder that validation writes.
FAILURES = "failures"
# File with the reason of a failure, in the folder that the work wrote.
_MARK = "failure.txt"
# Stages that a run goes on without.
_STAGES = ("challenge_champion", "refit_model")
_ATTEMPTS = 3
# Characters of a reason that are kept.
_LONGEST = 2000


def with_notes(branches: Sequence[BranchSpec], folder: Path, *, address: str) -> list[BranchSpec]:
    """Name for each branch the note that it leaves if it fails: the first that no earlier run has left.

    Args:
        branches: The branches.
        folder: Folder with the notes of earlier runs; it may not exist.
        address: The same folder as the branches reach it: a path or the URL of an object store.
    """
    return [replace(one, note=f"{address}/{_free_name(one, folder)}") for one in branches]


def stage_notes(folder: Path, *, address: str) -> dict[str, str]:
    """Name the note that each stage with a fallback leaves if it fails; see ``with_notes``."""
    return {stage: f"{address}/{_free(stage, folder)}" for stage in _STAGES}


def mark_failure(folder: str | Path, reason: str) -> None:
    """Record in the output of failed work that later runs must not take it from the cache.

    Args:
        folder: The output.
        reason: Why the work failed.
    """
    with suppress(OSError):  # A failure that is reused is better than a run that fails.
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / _MARK).write_text(reason, encoding="utf-8")


def marked_failure(folder: str | Path) -> str:
    """Return the reason that ``mark_failure`` recorded; empty if the work did not fail."""
    path = Path(folder) / _MARK
    return path.read_text(encoding="utf-8")[:_LONGEST] if path.is_file() else ""


def leave_note(note: str, reason: str) -> str:
    """Write a note, so that the next run on the same data tries again.

    Args:
        note: Path or URL of the note; empty for none.
        reason: Why the work failed.

    Returns:
        Why the note could not be written; empty if it was.
    """
    if not note:
        return ""
    try:
        if place_of(note) == "objects":
            _put(note, reason)
        else:
            Path(note).parent.mkdir(parents=True, exist_ok=True)
            Path(note).write_text(reason, encoding="utf-8")
    except Exception as error:  # A failure that is reused is better than a run that fails.
        return f"{type(error).__name__}: {error}"
    return ""


def _free_name(branch: BranchSpec, folder: Path) -> str:
    content = json.dumps(replace(branch, note="").to_dict(), sort_keys=True)
    return _free(f"{branch.algorithm}-{hashlib.sha256(content.encode()).hexdigest()[:12]}", folder)


def _free(stem: str, folder: Path) -> str:
    count = 0
    while (folder / f"{stem}-{count}").exists():
        count += 1
    return f"{stem}-{count}"


def _put(note: str, reason: str) -> None:
    bucket, _, key = note.partition("://")[2].partition("/")
    Bucket(ObjectStore.from_environment(scheme_of(note)), bucket, attempts=_ATTEMPTS).write(
        key, reason.encode()
    )
