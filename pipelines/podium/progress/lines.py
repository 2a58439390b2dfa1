"""Progress as plain lines, for logs and pipes, and as JSON lines, for programs."""

import json
import sys
import time
from typing import Any

from podium.progress.state import Progress
from podium_ml.reporting.formats import counted


class PlainLines:
    """Prints a line for each finished stage, each finished branch, each better score and each notice."""

    def __init__(self) -> None:
        self._started = time.time()
        self._best: dict[str, float | None] = {}

    def event(self, event: dict[str, Any], progress: Progress) -> None:
        """See ``Show.event``."""
        text = self._describe(event, progress)
        if text:
            print(f"[{event['at'] - self._started:6.1f}s] {text}", flush=True)

    def tick(self, progress: Progress) -> None:
        """See ``Show.tick``."""

    def close(self) -> None:
        """See ``Show.close``."""

    def _describe(self, event: dict[str, Any], progress: Progress) -> str:
        kind = event["event"]
        if kind == "stage_finished" and "algorithm" not in event:
            seconds = progress.times[event["stage"]]
            return f"{event['stage']} done" + (f" in {seconds:.1f}s" if seconds else "")
        if kind == "branch_planned":
            names = ", ".join(planned["algorithm"] for planned in event["branches"])
            return f"{len(event['branches'])} branches: {names}"
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


def _ended(event: dict[str, Any], progress: Progress) -> str:
    branch = progress.branch(event["algorithm"])
    if event["status"] == "failed":
        return f"{branch.algorithm} failed: {branch.reason}"
    best = "" if branch.best is None else f", best {branch.best:.5g}"
    return f"{branch.algorithm} done: {counted(branch.trials, 'trial')}{best}"
