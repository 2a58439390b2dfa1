"""The progress of a run, built from its events."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Branch:
    """One algorithm's progress.

    Attributes:
        algorithm: Its name.
        status: ``waiting``, ``running``, ``ok`` or ``failed``.
        trials: Number of finished trials.
        best: Best out-of-fold score so far, or ``None``.
        seconds: Share of the time limit, or 0.
        started: When it started, or 0; likewise ``ended``.
        reason: Why it failed.
    """

    algorithm: str
    status: str = "waiting"
    trials: int = 0
    best: float | None = None
    seconds: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    reason: str = ""


@dataclass
class Progress:
    """Everything that is known about a run in progress.

    Attributes:
        stages: Status by stage: absent, ``running``, ``done`` or ``failed``.
        times: Start of each stage; once the stage is done, its duration in seconds.
        branches: Branches by algorithm, in the order of the plan.
    """

    stages: dict[str, str] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    branches: dict[str, Branch] = field(default_factory=dict)

    def take(self, event: dict[str, Any]) -> None:
        """Apply one event; unknown events are ignored."""
        handler = getattr(self, f"_on_{event['event']}", None)
        if handler is not None:
            handler(event)

    def branch(self, algorithm: str) -> Branch:
        """Return the branch of an algorithm; it is created if it is new."""
        return self.branches.setdefault(algorithm, Branch(algorithm))

    def _on_branch_planned(self, event: dict[str, Any]) -> None:
        for planned in event["branches"]:
            self.branch(planned["algorithm"]).seconds = planned.get("seconds", 0.0)

    def _on_stage_started(self, event: dict[str, Any]) -> None:
        stage = event["stage"]
        if algorithm := event.get("algorithm"):
            branch = self.branch(algorithm)
            branch.status, branch.started = "running", event["at"]
        if self.stages.get(stage) != "running":
            self.stages[stage], self.times[stage] = "running", event["at"]

    def _on_stage_finished(self, event: dict[str, Any]) -> None:
        stage = event["stage"]
        if event.get("algorithm") and any(b.status in ("waiting", "running") for b in self.branches.values()):
            return
        self.stages[stage] = "done"
        self.times[stage] = event["at"] - self.times.get(stage, event["at"])

    def _on_stage_failed(self, event: dict[str, Any]) -> None:
        self.stages[event["stage"]] = "failed"

    def _on_trial_finished(self, event: dict[str, Any]) -> None:
        branch = self.branch(event["algorithm"])
        branch.trials += 1
        branch.best = event.get("best", branch.best)

    def _on_branch_finished(self, event: dict[str, Any]) -> None:
        branch = self.branch(event["algorithm"])
        branch.status, branch.ended, branch.reason = event["status"], event["at"], event.get("reason", "")
        branch.best = event["score"] if event.get("score") is not None else branch.best


def clock(seconds: float) -> str:
    """Format a duration as minutes and seconds.

    >>> clock(75)
    '1:15'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
