"""Follows a run: reads its events as they are written and shows them."""

import time
from typing import Any, Protocol

from podium.engines import Engine
from podium.progress.events import EventReader
from podium.progress.state import Progress
from podium.run_folder import RESUMED, RunFolder, RunState

_POLL_SECONDS = 0.2


class Show(Protocol):
    """Shows the progress of a run."""

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """Show an event; ``progress`` already includes it."""
        ...

    def tick(self, progress: Progress) -> None:
        """Refresh the display; called several times a second."""
        ...

    def close(self) -> None:
        """Close the display; the run has ended or is no longer followed."""
        ...


def watch(folder: RunFolder, engine: Engine, show: Show | None, *, seconds: float | None) -> RunState | None:
    """Wait for a run to end and show the progress of its present attempt.

    Args:
        folder: The run.
        engine: The engine that runs it.
        show: Shows the progress, or ``None``.
        seconds: Maximum time to wait; ``None`` waits until the run ends.

    Returns:
        The final state, or ``None`` if the run is still running.
    """
    progress, reader = Progress(), EventReader(folder.events_file)
    events = reader.read()
    present = max((at for at, event in enumerate(events, start=1) if event["event"] == RESUMED), default=0)
    for event in events[:present]:
        progress.take(event)
    _show_new(events[present:], progress, show)
    end = time.monotonic() + seconds if seconds is not None else float("inf")
    state = None
    try:
        while state is None and time.monotonic() < end:
            state = engine.wait(min(_POLL_SECONDS, max(0.0, end - time.monotonic())))
            _show_new(reader.read(), progress, show)
    finally:
        if show is not None:
            show.close()
    return state


def _show_new(events: list[dict[str, Any]], progress: Progress, show: Show | None) -> None:
    for event in events:
        progress.take(event)
        if show is not None:
            show.event(event, progress)
    if show is not None:
        show.tick(progress)
