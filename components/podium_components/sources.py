"""Notes of where the artifacts are that a task was given.

Cached tasks have written theirs in the folders of earlier runs, so the folder of a run does not tell. Whoever puts
together another model of the leaderboard later reads these notes.
"""

import json
from pathlib import Path

SOURCES = "sources.json"


def leave_sources(folder: str, **addresses: str | list[str]) -> None:
    """Write the addresses of artifacts beside the outputs of a task.

    Args:
        folder: Folder of an output.
        **addresses: Addresses by the name of the artifact; several of the candidates.
    """
    (Path(folder) / SOURCES).write_text(json.dumps(addresses), encoding="utf-8")
