"""The progress of a run on a server, written as the same events as those of a local run."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from podium.progress.events import EventReader
from podium.run_folder import RESUMED, RunFolder
from podium_ml.run.stages import STAGES, Stage

if TYPE_CHECKING:
    from podium_ml.contracts import Candidate

_BRANCHES = "train_candidate"
# The other tasks are cached, and always write outputs if they run.
_NEVER_CACHED = ("resolve_inputs", "plan_training", "publish_run")
# The task that starts when all branches have ended.
_AFTER_BRANCHES = "select-model"
# The task that ends every run that trains.
_LAST = "publish-run"
# Prefix of Argo's names for the loop over the branches and for its iterations.
_LOOP = "for-loop-"
_DONE = ("SUCCEEDED", "SKIPPED", "CACHED")
_FAILED = ("FAILED", "ERROR", "CANCELED", "CANCELING")


class Written(Protocol):
    """The outputs that a run has written so far."""

    def plan(self) -> list[str]:
        """Return the names of the branches in order; empty until there is a plan."""
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
        self._attempt = folder.state.started
        self._reader = EventReader(folder.events_file)
        self._emitted: set[tuple[str, ...]] = set()
        self._pending: list[dict[str, Any]] = []
        self._plan: list[str] = []
        self._read_emitted()

    def follow(self, run: Any) -> None:
        """Write the events that are known by now and have not been written yet.

        Args:
            run: The run as the server describes it.
        """
        self._read_emitted()
        tasks = _by_name((run.run_details and run.run_details.task_details) or ())
        finished = self._written.finished()
        for stage in STAGES:
            task_name = stage.task.replace("_", "-")
            for task in tasks.get(task_name, ()):
                self._follow(stage, task, is_cached=task_name not in finished)
            if (at := finished.get(task_name)) and stage.name != _BRANCHES:
                self._emit("stage_started", at, stage=stage.name)
                self._emit("stage_finished", at, stage=stage.name, seconds=0.0)
            if stage.name == "plan_training" and ("stage_finished", stage.name, "", "") in self._emitted:
                self._follow_plan(finished.get(task_name))
        loops = [task for name, found in tasks.items() if name.startswith(_LOOP) for task in found]
        for task in (one for one in loops if one.state in _FAILED):
            self._emit("stage_failed", task.end_time, stage=_BRANCHES)
        if loops and all(task.state in _DONE for task in loops):
            self._end_branches(max(task.end_time for task in loops))
        elif _AFTER_BRANCHES in finished:
            self._end_branches(finished[_AFTER_BRANCHES])
        if (
            str(run.state) == "SUCCEEDED" and _LAST in finished
        ):  # without it, nothing had changed and nothing ran
            self._end_rest()
        self._write()

    def notice(self, text: str, *, about: str = "") -> None:
        """Write a notice for the user, once.

        Args:
            text: The notice.
            about: What it is about, if the text changes from time to time.
        """
        self._emit("notice", None, text=text, **({"about": about} if about else {}))
        self._write()

    def _follow(self, stage: Stage, task: Any, *, is_cached: bool) -> None:
        """Write the events of one task. The stage of the branches ends and fails with their loop."""
        self._emit("stage_started", task.start_time, stage=stage.name)
        if task.state in _FAILED and stage.name != _BRANCHES:
            self._emit("stage_failed", task.end_time, stage=stage.name)
        if task.state in _DONE and stage.name != _BRANCHES:
            self._emit("stage_finished", task.end_time, stage=stage.name, **_facts(stage, task, is_cached))

    def _follow_plan(self, planned: Any) -> None:
        """Write the plan, which was made at a known time, and the branches that have ended since the last look."""
        if not self._plan:
            for text in self._written.notices():
                self.notice(text)
            self._plan = self._written.plan()
            branches = [{"algorithm": name} for name in self._plan]
            self._emit("branch_planned", planned, branches=branches)
        if ("stage_finished", _BRANCHES, "", "") not in self._emitted:
            for candidate in self._written.candidates():
                self._end_branch(candidate)

    def _end_branch(self, candidate: "Candidate") -> None:
        score = candidate.kept[0].score if candidate.kept else None
        if score is not None:
            self._emit("trial_finished", None, algorithm=candidate.algorithm, number=0, best=score)
        facts = {
            "status": candidate.status,
            "reason": candidate.reason,
            "score": score,
            "n_trials": candidate.n_trials,
        }
        self._emit("branch_finished", None, algorithm=candidate.algorithm, **facts)

    def _end_branches(self, at: Any) -> None:
        """Write that all branches ended; branches that wrote nothing were taken from an earlier run."""
        for name in self._plan:
            self._emit("branch_finished", at, algorithm=name, status="ok", score=None, cached=True)
        has_began = ("stage_started", _BRANCHES, "", "") in self._emitted
        self._emit("stage_started", at, stage=_BRANCHES)  # missed if the record stopped before it
        self._emit("stage_finished", at, stage=_BRANCHES, **({} if has_began else {"seconds": 0.0}))

    def _end_rest(self) -> None:
        """Write the events of stages that the server took from its cache, which leave no other trace."""
        for stage in STAGES:
            self._emit("stage_started", None, stage=stage.name)
            self._emit(
                "stage_finished", None, stage=stage.name, seconds=0.0, cached=stage.task not in _NEVER_CACHED
            )

    def _emit(self, event: str, at: Any, **fields: Any) -> None:
        moment = at.timestamp() if at is not None and at.year > 1970 else time.time()
        record = {"event": event, "at": moment, **fields}
        if _key(record) in self._emitted:
            return
        self._emitted.add(_key(record))
        self._pending.append(record)

    def _write(self) -> None:
        """Write the events that no other command has written in the meantime."""
        pending, self._pending = self._pending, []
        with self._folder.locked():
            self._emitted -= {_key(event) for event in pending}
            self._read_emitted()
            if self._folder.state.started == self._attempt:
                self._folder.append(event for event in pending if _key(event) not in self._emitted)
        self._emitted |= {_key(event) for event in pending}

    def _read_emitted(self) -> None:
        """Read what this and other commands have written about the present attempt."""
        for event in self._reader.read():
            if event["event"] == RESUMED:
                self._emitted.clear()
            self._emitted.add(_key(event))


def _key(event: dict[str, Any]) -> tuple[str, ...]:
    names = ("stage", "algorithm", "about" if "about" in event else "text")
    return str(event["event"]), *(str(event.get(name, "")) for name in names)


def _facts(stage: Stage, task: Any, is_cached: bool) -> dict[str, Any]:
    """Return how long a task took, as the duration of the stage that names it; its other stages have none."""
    if is_cached and stage.task not in _NEVER_CACHED:
        return {"seconds": 0.0, "cached": True}
    stages = [one.name for one in STAGES if one.task == stage.task]
    if stage.name != (stage.task if stage.task in stages else stages[-1]):
        return {"seconds": 0.0}
    return {"seconds": max(0.0, (task.end_time - task.start_time).total_seconds())}


def _by_name(tasks: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the started tasks by name, including Argo's nodes for attempts, such as ``work(0)``."""
    found: dict[str, list[Any]] = {}
    for task in tasks:
        if task.start_time is not None and task.start_time.year > 1970:
            found.setdefault(str(task.display_name), []).append(task)
    return found
