"""Reads the events of a run while it goes on."""

from pathlib import Path
from typing import Any

from podium_ml.run.events import parse


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
