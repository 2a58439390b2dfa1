"""The progress of a run, built from its events."""

import textwrap
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
        cached: Whether its result was taken from an earlier run.
    """

    algorithm: str
    status: str = "waiting"
    trials: int = 0
    best: float | None = None
    seconds: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    reason: str = ""
    cached: bool = False


@dataclass
class Progress:
    """Everything that is known about a run in progress.

    Attributes:
        stages: Status by stage: absent, ``running``, ``done`` or ``failed``.
        times: Start of each stage; once the stage is done, its duration in seconds, or 0 if that is unknown.
        cached: Stages whose results were taken from an earlier run.
        branches: Branches by algorithm, in the order of the plan.
    """

    stages: dict[str, str] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    cached: set[str] = field(default_factory=set)
    branches: dict[str, Branch] = field(default_factory=dict)

    def take(self, event: dict[str, Any]) -> None:
        """Apply one event; unknown events are ignored."""
        handler = getattr(self, f"_on_{event['event']}", None)
        if handler is not None:
            handler(event)

    def branch(self, algorithm: str) -> Branch:
        """Return the branch of an algorithm; it is created if it is new."""
        return self.branches.setdefault(algorithm, Branch(algorithm))

    def _on_run_resumed(self, _: dict[str, Any]) -> None:
        """Begin another attempt. It repeats what was not finished, so that is not shown any more."""
        self.stages = {stage: status for stage, status in self.stages.items() if status == "done"}
        for branch in self.branches.values():
            if branch.status != "ok":
                self.branches[branch.algorithm] = Branch(branch.algorithm, seconds=branch.seconds)

    def _on_branch_planned(self, event: dict[str, Any]) -> None:
        for planned in event["branches"]:
            self.branch(planned["algorithm"]).seconds = planned.get("seconds", 0.0)

    def _on_stage_started(self, event: dict[str, Any]) -> None:
        stage = event["stage"]
        if algorithm := event.get("algorithm"):
            seconds = self.branch(algorithm).seconds
            self.branches[algorithm] = Branch(algorithm, "running", seconds=seconds, started=event["at"])
        if self.stages.get(stage) != "running":
            self.stages[stage], self.times[stage] = "running", event["at"]

    def _on_stage_finished(self, event: dict[str, Any]) -> None:
        stage = event["stage"]
        if event.get("algorithm") and any(b.status in ("waiting", "running") for b in self.branches.values()):
            return
        self.stages[stage] = "done"
        self.times[stage] = event.get("seconds", max(0.0, event["at"] - self.times.get(stage, event["at"])))
        if event.get("cached"):
            self.cached.add(stage)

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
        branch.trials = event.get("n_trials") or branch.trials
        branch.cached = bool(event.get("cached"))


def clock(seconds: float) -> str:
    """Format a duration as minutes and seconds.

    >>> clock(75)
    '1:15'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def reason_of(branch: Branch) -> str:
    """Return why a branch failed, cut between words to fit a table."""
    return textwrap.shorten(branch.reason, 60, placeholder=" ...")


def trials_of(branch: Branch) -> str:
    """Return the number of trials for a table: nothing before the first, ``cached`` if there are none to count."""
    return "cached" if branch.cached else str(branch.trials or "")
