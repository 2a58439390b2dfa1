"""A run in progress, as the live page shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from podium.progress.events import EventReader
from podium.progress.state import Branch, Progress
from podium.run_folder import RunFolder
from podium_ml.run.stages import STAGES

# What is said of branches, and of stages, that a run has left as they are.
_LEFT = {"running": "stopped", "waiting": "not begun"}
_LEFT_STAGES = {"failed": {"running": "failed"}, "cancelled": {"running": ""}}


@dataclass
class Watched:
    """The events of one run, read as they come.

    Args:
        folder: The run.
        title: Returns the title of a branch.
    """

    folder: RunFolder
    title: Callable[[str], str] = str

    def __post_init__(self) -> None:
        self._reader, self._progress, self._count = EventReader(self.folder.events_file), Progress(), 0
        self._signature: tuple[Any, ...] = ()

    def news(self) -> bool:
        """Read new events, and return whether anything has changed since the last call."""
        for event in self._reader.read():
            self._progress.take(event)
            self._count += 1
        state = self.folder.state
        titles = tuple(map(self.title, self._progress.branches))  # they may become known later
        signature = (self._count, state.status, state.error, titles)
        changed, self._signature = signature != self._signature, signature
        return changed

    def snapshot(self) -> dict[str, Any]:
        """Return what the page shows, ready for JSON; ``events`` is the number of events so far."""
        state, progress = self.folder.state, self._progress
        settings = self.folder.readable_settings
        branches = [
            _branch(one, self.title, until=state.ended) for one in _ordered(progress.branches.values())
        ]
        if state.status != "running":
            branches = [{**one, "status": _LEFT.get(one["status"], one["status"])} for one in branches]
        left = _LEFT_STAGES.get(state.status, {})
        stages = {name: left.get(status, status) for name, status in progress.stages.items()}
        return {
            "events": self._count,
            "status": state.status,
            "error": state.error,
            "note": state.note,
            "seconds": round((state.ended or time.time()) - state.started),
            "limit": settings.time_limit_seconds,
            "stages": [
                {"name": stage.name, "title": stage.title, "status": stages.get(stage.name, "")}
                for stage in STAGES
            ],
            "branches": branches,
        }


def _branch(branch: Branch, title: Callable[[str], str], *, until: float) -> dict[str, Any]:
    ended = branch.ended or until or time.time()
    return {
        "algorithm": branch.algorithm,
        "title": title(branch.algorithm),
        "status": branch.status,
        "trials": branch.trials,
        "best": branch.best,
        "cached": branch.cached,
        "reason": branch.reason,
        "seconds": round(ended - branch.started) if branch.started else 0,
    }


def _ordered(branches: Any) -> list[Branch]:
    """Return running branches first, then those that have ended, then waiting ones; each in the order of the plan."""
    rank = {"running": 0, "ok": 1, "failed": 1, "waiting": 2}
    return sorted(branches, key=lambda branch: rank.get(branch.status, 3))
