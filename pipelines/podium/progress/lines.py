"""Progress as plain lines, for logs and pipes, and as JSON lines, for programs."""

import json
import sys
from typing import Any

from podium.progress.state import Progress
from podium.terminal import say
from podium_ml.reporting.formats import counted

# A shorter time would be shown as nothing.
_LEAST_SECONDS = 0.05


class PlainLines:
    """Prints a line for each finished stage, each finished branch, each better score and each notice.

    Args:
        started: When the run started, in seconds since the epoch.
    """

    def __init__(self, *, started: float) -> None:
        self._started = started
        self._best: dict[str, float | None] = {}

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """See ``Show.event``."""
        text = self._describe(event, progress)
        if text:
            # The clock of a server may be behind.
            say(f"[{max(0.0, event['at'] - self._started):6.1f}s] {text}", flush=True)

    def tick(self, progress: Progress) -> None:
        """See ``Show.tick``."""

    def close(self) -> None:
        """See ``Show.close``."""

    def _describe(self, event: dict[str, Any], progress: Progress) -> str:
        kind = event["event"]
        if kind == "stage_finished" and "algorithm" not in event:
            return _done(event["stage"], progress)
        if kind == "branch_planned":
            return _planned([planned["algorithm"] for planned in event["branches"]], progress)
        if kind == "trial_finished":
            return self._better(event)
        if kind == "branch_finished":
            return _ended(event, progress)
        if kind == "notice":
            return str(event["text"])
        return ""

    def _better(self, event: dict[str, Any]) -> str:
        algorithm, best = event["algorithm"], event.get("best")
        if best is None or best == self._best.get(algorithm):
            return ""
        self._best[algorithm] = best
        return f"{algorithm}: trial {event['number']} scores {best:.5g}"


class JsonLines:
    """Prints every event unchanged, one JSON object per line."""

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """See ``Show.event``."""
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    def tick(self, progress: Progress) -> None:
        """See ``Show.tick``."""

    def close(self) -> None:
        """See ``Show.close``."""


def _planned(names: list[str], progress: Progress) -> str:
    kept = [name for name in names if progress.branch(name).status == "ok"]
    before = f"; kept from an earlier attempt: {', '.join(kept)}" if kept else ""
    return f"{counted(len(names), 'branch', 'branches')}: {', '.join(names)}{before}"


def _done(stage: str, progress: Progress) -> str:
    if stage in progress.cached:
        return f"{stage} taken from an earlier run"
    seconds = progress.times.get(stage, 0.0)
    return f"{stage} done" + (f" in {seconds:.1f}s" if seconds >= _LEAST_SECONDS else "")


def _ended(event: dict[str, Any], progress: Progress) -> str:
    branch = progress.branch(event["algorithm"])
    if event["status"] == "failed":
        return f"{branch.algorithm} failed: {branch.reason}"
    if branch.cached:
        return f"{branch.algorithm} taken from an earlier run"
    best = "" if branch.best is None else f", best {branch.best:.5g}"
    return f"{branch.algorithm} done: {counted(branch.trials, 'trial')}{best}"
