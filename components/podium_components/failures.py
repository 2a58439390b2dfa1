"""Notes failures for later runs, which must not take them from the cache."""

from podium_ml.training.failure_notes import leave_note


def note_failure(note: str, reason: str) -> None:
    """Leave a note, or print why it could not be left: a run does not fail for that.

    Args:
        note: Where to leave it; empty for nowhere.
        reason: Why the work failed.
    """
    if problem := leave_note(note, reason):
        print(f"Later runs on the same data may take this failure from the cache: {problem}", flush=True)
