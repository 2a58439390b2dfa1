"""Follows a run: reads its events as they are written and shows them."""

import time
from pathlib import Path
from typing import Any, Protocol

from podium.engines import Engine
from podium.progress.state import Progress
from podium.run_folder import RunFolder, RunState
from podium_ml.run.events import parse

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


class EventReader:
    """Reads the events appended to a file since the last read.

    Args:
        path: The file; it does not have to exist yet.
        offset: Number of bytes to skip.
    """

    def __init__(self, path: Path, *, offset: int = 0) -> None:
        self._path, self._offset = path, offset

    def read(self) -> list[dict[str, Any]]:
        """Return the new events; an incomplete line waits for the next call."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return list(parse(whole.splitlines()))


def watch(folder: RunFolder, engine: Engine, show: Show | None, *, seconds: float | None) -> RunState | None:
    """Wait for a run to end and show its progress.

    Args:
        folder: The run.
        engine: The engine that runs it.
        show: Shows the progress, or ``None``.
        seconds: Maximum time to wait; ``None`` waits until the run ends.

    Returns:
        The final state, or ``None`` if the run is still running.
    """
    progress, reader = Progress(), EventReader(folder.events_file)
    end = time.monotonic() + seconds if seconds is not None else float("inf")
    state = None
    try:
        while state is None and time.monotonic() < end:
            state = engine.wait(min(_POLL_SECONDS, max(0.0, end - time.monotonic())))
            _show_new(reader, progress, show)
    finally:
        if show is not None:
            show.close()
    return state


def _show_new(reader: EventReader, progress: Progress, show: Show | None) -> None:
    for event in reader.read():
        progress.take(event)
        if show is not None:
            show.event(event, progress)
    if show is not None:
        show.tick(progress)
