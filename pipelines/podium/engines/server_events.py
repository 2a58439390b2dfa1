"""The progress of a run on a server, told in the same events as that of a local one."""

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from podium.progress.state import STAGES
from podium.run_folder import RunFolder

if TYPE_CHECKING:
    from podium_ml.contracts import Candidate

_BRANCHES = "train_candidate"
# Argo's name of the loop over the branches, and of an iteration in it.
_LOOP = "for-loop-"
_DONE = ("SUCCEEDED", "SKIPPED", "CACHED")
_FAILED = ("FAILED", "ERROR", "CANCELED", "CANCELING")


class Written(Protocol):
    """What a run has written so far."""

    def plan(self) -> list[str]:
        """Return the algorithms of the branches, in their order; empty as long as there is no plan."""
        ...

    def finished(self) -> dict[str, Any]:
        """Return the tasks that wrote their outputs, and when."""
        ...

    def candidates(self) -> "Iterable[Candidate]":
        """Yield the candidates that were written since the last call."""
        ...


class ServerEvents:
    """Writes what changed on the server into a run folder's events.

    Stages come from the server's own record of tasks, and from what the tasks wrote: Argo compresses the state of a
    workflow with many nodes, and then Kubeflow Pipelines' record stands still. The record does not say either which
    algorithm an iteration of the loop trains; the candidates that the branches write do, with their scores.

    Args:
        folder: The run.
        written: What the run has written.
    """

    def __init__(self, folder: RunFolder, written: Written) -> None:
        self._folder, self._written = folder, written
        self._told = {_key(event) for event in folder.events()}
        self._plan: list[str] = []

    def follow(self, run: Any) -> None:
        """Tell of what is known by now and was not told.

        Args:
            run: The run as the server describes it.
        """
        tasks = _by_name((run.run_details and run.run_details.task_details) or ())
        finished = self._written.finished()
        for stage in STAGES:
            for task in tasks.get(stage.replace("_", "-"), ()):
                self._follow(stage, task)
            if (at := finished.get(stage.replace("_", "-"))) and stage != _BRANCHES:
                self._tell("stage_started", at, stage=stage)
                self._tell("stage_finished", at, stage=stage)
            if stage == "plan_training" and ("stage_finished", stage, "", "") in self._told:
                self._follow_plan()
        loops = [task for name, found in tasks.items() if name.startswith(_LOOP) for task in found]
        if loops and all(task.state in _DONE for task in loops):
            self._end_branches(max(task.end_time for task in loops))
        elif "build-ensemble" in finished:
            self._end_branches(finished["build-ensemble"])
        if str(run.state) == "SUCCEEDED":
            self._end_rest()

    def notice(self, text: str) -> None:
        """Tell of something that the user should know while the run goes on; once."""
        self._tell("notice", None, text=text)

    def _follow(self, stage: str, task: Any) -> None:
        """Tell of one task; branches run at once, so their stage ends with their loop."""
        self._tell("stage_started", task.start_time, stage=stage)
        if task.state in _FAILED:
            self._tell("stage_failed", task.end_time, stage=stage)
        if task.state in _DONE and stage != _BRANCHES:
            self._tell("stage_finished", task.end_time, stage=stage)

    def _follow_plan(self) -> None:
        if not self._plan:
            self._plan = self._written.plan()
            branches = [{"algorithm": name} for name in self._plan]
            self._tell("branch_planned", None, branches=branches)
        if ("stage_finished", _BRANCHES, "", "") not in self._told:
            for candidate in self._written.candidates():
                self._end_branch(candidate)

    def _end_branch(self, candidate: "Candidate") -> None:
        score = candidate.kept[0].score if candidate.kept else None
        if score is not None:
            self._tell("trial_finished", None, algorithm=candidate.algorithm, number=0, best=score)
        facts = {"status": candidate.status, "reason": candidate.reason, "score": score}
        self._tell("branch_finished", None, algorithm=candidate.algorithm, **facts)

    def _end_branches(self, at: Any) -> None:
        """Tell that all branches ended; those that wrote nothing were taken from an earlier run."""
        for name in self._plan:
            self._tell("branch_finished", at, algorithm=name, status="ok", score=None)
        self._tell("stage_started", at, stage=_BRANCHES)  # nobody saw it, where the record stood still before
        self._tell("stage_finished", at, stage=_BRANCHES)

    def _end_rest(self) -> None:
        """Tell of what the server took from its cache, which left no trace of its own."""
        for stage in STAGES:
            self._tell("stage_started", None, stage=stage)
            self._tell("stage_finished", None, stage=stage)

    def _tell(self, event: str, at: Any, **fields: Any) -> None:
        moment = at.timestamp() if at is not None and at.year > 1970 else time.time()
        told = {"event": event, "at": moment, **fields}
        if _key(told) in self._told:
            return
        self._told.add(_key(told))
        with self._folder.events_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


def _key(event: dict[str, Any]) -> tuple[str, ...]:
    return str(event["event"]), *(str(event.get(name, "")) for name in ("stage", "algorithm", "text"))


def _by_name(tasks: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the tasks that have begun, by name; Argo's own nodes for attempts, such as ``work(0)``, are among them."""
    found: dict[str, list[Any]] = {}
    for task in tasks:
        if task.start_time is not None and task.start_time.year > 1970:
            found.setdefault(str(task.display_name), []).append(task)
    return found
