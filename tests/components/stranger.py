"""What the code of a stranger tries when a child loads their model."""

import os
import socket
import subprocess
from pathlib import Path

import numpy as np


def reach(things: list[str]) -> dict[str, str]:
    """Return what each thing gives, or the name of the error."""
    return {thing: _attempt(thing) for thing in things}


def _attempt(thing: str) -> str:
    try:
        return _take(thing)
    except OSError as error:
        return type(error).__name__


def _take(thing: str) -> str:
    how, _, what = thing.rpartition(":")
    if thing == "environment":
        return "\n".join(f"{name}={value}" for name, value in os.environ.items())
    if how == "write":
        Path(what).write_text("mine")
        return "written"
    if how == "move":
        source, target = (Path(what) / name for name in ("from", "to"))
        source.mkdir()
        target.mkdir()
        (source / "x").write_text("x")
        (source / "x").rename(target / "x")
        return "moved"
    if how == "link":
        given, _, into = what.partition(">")
        os.link(given, into)
        return "linked"
    if how == "tcp":
        socket.create_connection(("127.0.0.1", int(what)), timeout=5).close()
        return "connected"
    if how == "kill":
        os.kill(int(what), 0)
        return "signalled"
    if how == "run":
        return str(subprocess.run([what]).returncode)
    path = Path(thing)
    return str(os.listdir(path)) if path.is_dir() else path.read_bytes().decode(errors="replace")


class Stranger:
    """A model that takes what it can reach, and tries to change the comparison, while it predicts."""

    def __init__(self, loot: str) -> None:
        self.loot = loot

    def predict_raw(self, X: object) -> np.ndarray:
        reach([f"write:{self.loot}", f"write:{Path(self.loot).with_name('evaluation')}/decision.json"])
        return np.full((len(X), 2), 0.5)  # type: ignore[arg-type]
