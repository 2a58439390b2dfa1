"""What became of the pods of a run, in words for the user, whoever reports it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from podium.servers.errors import one_line

Status = Literal["waiting", "running", "succeeded", "failed"]
# Exit codes above this one mean that a signal ended the process.
_SIGNALS = 128
_KILL = 9
_ATTEMPT = re.compile(r"\(\d+(:\w+)?\)$")
# The tasks that write the candidate of a branch, in the order in which they run if the earlier ones fail.
TASKS_OF_BRANCHES = ("train-candidate", "train-again", "record-loss")
# The algorithm among the arguments of a pod: JSON, or JSON inside of JSON.
_ALGORITHM = re.compile(r'"algorithm\\*":\s*\\*"(\w+)')
_EXECUTOR, _DRIVER = "executor", "-driver"
_CLOSING = "finalize_run"
# Characters of a reason that are shown.
_LONGEST = 600
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# Reasons that say no more than the exit code.
_PLAIN = ("", "Error", "Completed")


@dataclass(frozen=True)
class PodState:
    """The state of one pod.

    Attributes:
        node: Argo's id of its node.
        place: Its place in the pipeline, which all attempts share.
        part: What it runs: an algorithm or a task.
        is_driver: Whether it only prepares the task.
        status: ``waiting``, ``running``, ``succeeded`` or ``failed``.
        message: Why it waits or failed; may be empty.
        kind: Kind of failure: ``memory``, ``killed`` or ``bug``.
        began: When it was created.
        ended: When it ended; the beginning of time if it has not.
        pod: Name of the pod, if it still exists; else empty.
    """

    node: str
    place: str
    part: str
    is_driver: bool
    status: Status
    message: str = ""
    kind: str = "bug"
    began: datetime = NEVER
    ended: datetime = NEVER
    pod: str = ""

    @property
    def name(self) -> str:
        """What the user knows the pod by."""
        return f"driver of {self.part}" if self.is_driver else self.part

    @property
    def failure(self) -> str:
        """What failed and why, on one line."""
        return f"{self.name}: {one_line(self.message, _LONGEST) or 'it failed without a reason'}."


def place_of(node: str) -> str:
    """Return a place in the pipeline from Argo's name of a node, the same for all attempts.

    >>> place_of("x(0).root(0).iteration-iterations(1:1)(0).branch(0).train-candidate(2).executor(1)")
    'x.root.iteration-iterations(1:1).branch.train-candidate.executor'
    >>> place_of("x(0).root(0).iteration-iterations(1:1)(0).branch(0).record-loss(0).executor(0)")
    'x.root.iteration-iterations(1:1).branch.train-candidate.executor'
    """
    place = re.sub(r"\(\d+\)", "", node)
    for later in TASKS_OF_BRANCHES[1:]:
        place = place.replace(f".{later}", f".{TASKS_OF_BRANCHES[0]}")
    return place


def part_of(node: str, arguments: str) -> tuple[str, bool]:
    """Return what a pod runs, an algorithm or a task, and whether it is only the driver of that.

    Args:
        node: Argo's name of the node: the tasks that contain it, separated by dots.
        arguments: The arguments of the pod.

    >>> part_of("podium-x(0).root(0).exit-handler-1(0).validate-data(1).executor(0)", "")
    ('validate_data', False)
    >>> part_of("podium-x(0).root(0).train-candidate(0).executor(1)", '{"branch":{"algorithm":"ridge"}}')
    ('ridge', False)
    """
    names = [_ATTEMPT.sub("", _ATTEMPT.sub("", name)) for name in node.split(".")]
    task, is_driver = names[-1].removesuffix(_DRIVER), names[-1].endswith(_DRIVER)
    if task == _EXECUTOR and len(names) > 1:
        task = names[-2]
    return part_of_task(task, arguments), is_driver


def part_of_task(task: str, arguments: str) -> str:
    """Return what a task runs: the algorithm of a branch, else the task.

    Args:
        task: Name of the task in the pipeline.
        arguments: The arguments of its pod, or the log that begins with them.

    >>> part_of_task("finish-model", "")
    'finish_model'
    """
    algorithm = _ALGORITHM.search(arguments) if task in TASKS_OF_BRANCHES else None
    return algorithm[1] if algorithm else task.replace("-", "_")


def exit_text(code: int, reason: str, message: str = "", *, limit: str = "") -> tuple[str, str]:
    """Describe how a container ended, and return the kind of failure too.

    Args:
        code: Its exit code.
        reason: Kubernetes' reason, such as ``OOMKilled``; may be empty.
        message: Kubernetes' message; may be empty.
        limit: Memory limit of the container; empty if unknown.

    >>> exit_text(137, "OOMKilled", limit="2Gi")
    ('out of memory (OOMKilled, exit code 137, limit 2Gi)', 'memory')
    >>> exit_text(137, "Error")
    ('killed by signal 9 (exit code 137)', 'killed')
    """
    facts = [f"exit code {code}"] if reason in _PLAIN else [reason, f"exit code {code}"]
    if reason == "OOMKilled":
        text, kind = "out of memory", "memory"
        facts += [f"limit {limit}"] if limit else []
    elif code > _SIGNALS:
        signal = code - _SIGNALS
        text, kind = f"killed by signal {signal}", "killed" if signal == _KILL else "bug"
    else:
        text, kind = "failed", "bug"
    return f"{text} ({', '.join(facts)})" + (f": {message}" if message else ""), kind


def final_failures(states: Iterable[PodState]) -> list[PodState]:
    """Return the last attempt of what failed for good, in order of time; the exit handler comes last."""
    latest: dict[str, PodState] = {}
    for state in sorted(states, key=lambda state: state.began):
        latest[state.place] = state
    failed = [state for state in latest.values() if state.status == "failed"]
    return sorted(failed, key=lambda state: (state.part == _CLOSING, state.ended))
