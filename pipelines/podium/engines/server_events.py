"""The progress of a run on a server, written as the same events as those of a local run."""

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from podium.run_folder import RunFolder
from podium_ml.run.stages import STAGES

if TYPE_CHECKING:
    from podium_ml.contracts import Candidate

_BRANCHES = "train_candidate"
# The task that starts when all branches have ended.
_AFTER_BRANCHES = "select-model"
# Prefix of Argo's names for the loop over the branches and for its iterations.
_LOOP = "for-loop-"
_DONE = ("SUCCEEDED", "SKIPPED", "CACHED")
_FAILED = ("FAILED", "ERROR", "CANCELED", "CANCELING")


class Written(Protocol):
    """The outputs that a run has written so far."""

    def plan(self) -> list[str]:
        """Return the algorithms of the branches in order; empty until there is a plan."""
        ...

    def finished(self) -> dict[str, Any]:
        """Return the time at which each task wrote its outputs, by task."""
        ...

    def candidates(self) -> "Iterable[Candidate]":
        """Yield the candidates written since the last call."""
        ...

    def notices(self) -> list[str]:
        """Return what the validation of the data found that the user should know."""
        ...


class ServerEvents:
    """Writes changes on the server to the events of a run folder.

    The progress of stages comes from the server's record of tasks and from the outputs of the tasks. The record alone
    is not enough: Argo compresses the state of a workflow with many nodes, and Kubeflow Pipelines then stops updating
    its record. Nor does the record say which algorithm a loop iteration trains; the candidates that the branches write
    do, with their scores.

    Args:
        folder: The run.
        written: Outputs of the run.
    """

    def __init__(self, folder: RunFolder, written: Written) -> None:
        self._folder, self._written = folder, written
        self._emitted = {_key(event) for event in folder.events()}
        self._plan: list[str] = []

    def follow(self, run: Any) -> None:
        """Write the events that are known by now and have not been written yet.

        Args:
            run: The run as the server describes it.
        """
        tasks = _by_name((run.run_details and run.run_details.task_details) or ())
        finished = self._written.finished()
        for stage in STAGES:
            task_name = stage.task.replace("_", "-")
            for task in tasks.get(task_name, ()):
                self._follow(stage.name, task)
            if (at := finished.get(task_name)) and stage.name != _BRANCHES:
                self._emit("stage_started", at, stage=stage.name)
                self._emit("stage_finished", at, stage=stage.name)
            if stage.name == "plan_training" and ("stage_finished", stage.name, "", "") in self._emitted:
                self._follow_plan()
        loops = [task for name, found in tasks.items() if name.startswith(_LOOP) for task in found]
        if loops and all(task.state in _DONE for task in loops):
            self._end_branches(max(task.end_time for task in loops))
        elif _AFTER_BRANCHES in finished:
            self._end_branches(finished[_AFTER_BRANCHES])
        if str(run.state) == "SUCCEEDED":
            self._end_rest()

    def notice(self, text: str) -> None:
        """Write a notice for the user, once per text."""
        self._emit("notice", None, text=text)

    def _follow(self, stage: str, task: Any) -> None:
        """Write the events of one task. Branches run at once, so their stage ends with their loop."""
        self._emit("stage_started", task.start_time, stage=stage)
        if task.state in _FAILED:
            self._emit("stage_failed", task.end_time, stage=stage)
        if task.state in _DONE and stage != _BRANCHES:
            self._emit("stage_finished", task.end_time, stage=stage)

    def _follow_plan(self) -> None:
        if not self._plan:
            for text in self._written.notices():
                self.notice(text)
            self._plan = self._written.plan()
            branches = [{"algorithm": name} for name in self._plan]
            self._emit("branch_planned", None, branches=branches)
        if ("stage_finished", _BRANCHES, "", "") not in self._emitted:
            for candidate in self._written.candidates():
                self._end_branch(candidate)

    def _end_branch(self, candidate: "Candidate") -> None:
        score = candidate.kept[0].score if candidate.kept else None
        if score is not None:
            self._emit("trial_finished", None, algorithm=candidate.algorithm, number=0, best=score)
        facts = {"status": candidate.status, "reason": candidate.reason, "score": score}
        self._emit("branch_finished", None, algorithm=candidate.algorithm, **facts)

    def _end_branches(self, at: Any) -> None:
        """Write that all branches ended; branches that wrote nothing were taken from an earlier run."""
        for name in self._plan:
            self._emit("branch_finished", at, algorithm=name, status="ok", score=None)
        self._emit("stage_started", at, stage=_BRANCHES)  # missed if the record stopped before it
        self._emit("stage_finished", at, stage=_BRANCHES)

    def _end_rest(self) -> None:
        """Write the events of stages that the server took from its cache, which leave no other trace."""
        for stage in STAGES:
            self._emit("stage_started", None, stage=stage.name)
            self._emit("stage_finished", None, stage=stage.name)

    def _emit(self, event: str, at: Any, **fields: Any) -> None:
        moment = at.timestamp() if at is not None and at.year > 1970 else time.time()
        record = {"event": event, "at": moment, **fields}
        if _key(record) in self._emitted:
            return
        self._emitted.add(_key(record))
        with self._folder.events_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def _key(event: dict[str, Any]) -> tuple[str, ...]:
    return str(event["event"]), *(str(event.get(name, "")) for name in ("stage", "algorithm", "text"))


def _by_name(tasks: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the started tasks by name, including Argo's nodes for attempts, such as ``work(0)``."""
    found: dict[str, list[Any]] = {}
    for task in tasks:
        if task.start_time is not None and task.start_time.year > 1970:
            found.setdefault(str(task.display_name), []).append(task)
    return found
