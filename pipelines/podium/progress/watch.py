"""Following a run: its events are read as they are written and shown."""

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
        """Something happened; ``progress`` includes it."""
        ...

    def tick(self, progress: Progress) -> None:
        """A moment has passed."""
        ...

    def close(self) -> None:
        """The run is over, or nobody waits for it any more."""
        ...


class EventReader:
    """Reads the lines that were added to a file since the last time.

    Args:
        path: The file; it need not exist yet.
        offset: Bytes to pass over.
    """

    def __init__(self, path: Path, *, offset: int = 0) -> None:
        self._path, self._offset = path, offset

    def read(self) -> list[dict[str, Any]]:
        """Return the events that are new, whole lines only."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return list(parse(whole.splitlines()))


def watch(folder: RunFolder, engine: Engine, show: Show | None, *, seconds: float | None) -> RunState | None:
    """Wait for the end of a run and show its progress.

    Args:
        folder: The run.
        engine: What runs it.
        show: Shows the progress, or ``None``.
        seconds: How long to wait at most; ``None`` for as long as it takes.

    Returns:
        The final state, or ``None`` if the run still goes on.
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
