"""The task's side: starts the child, watches it, and reports how it ended."""

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from podium_components.supervision._children import Child, start_child
from podium_components.supervision._confinement import Confinement
from podium_components.supervision._errors import StageFailedError, failure_lines
from podium_components.supervision.memory import limit_bytes, used_bytes

_POLL_SECONDS = 0.05
# Above half of the memory limit, a child is looked at this often: the other half is quickly allocated.
_CLOSE_POLL_SECONDS = 0.01
# The niceness of work that may wait: with as many processes as cores, it gets a quarter of what others get (sched(7)).
_PATIENT = 6


def run_stage(
    stage: str, /, *, alone: bool = False, patient: bool = False, **arguments: Any
) -> dict[str, Any]:
    """Run ``podium_ml.stages.<stage>.run`` under supervision. If it fails, end the task with one plain line.

    Args:
        stage: Name of the stage.
        alone: Whether nothing else runs at the same time, so that the stage may use the memory of all.
        patient: Whether work beside it that needs the same cores goes first.
        **arguments: Paths and JSON-able values.

    Returns:
        What the stage returned.

    Raises:
        SystemExit: The stage failed; the text is the message for the user.
    """
    with reported(stage):
        return supervise(f"podium_ml.stages.{stage}:run", arguments, alone=alone, patient=patient)


@contextlib.contextmanager
def announced(stage: str) -> Iterator[None]:
    """Emit an event when a stage starts, and another when it finishes or fails.

    Args:
        stage: Name of the stage.
    """
    from podium_ml.run.events import emit

    emit("stage_started", stage=stage)
    try:
        yield
    except BaseException:
        emit("stage_failed", stage=stage)
        raise
    emit("stage_finished", stage=stage)


@contextlib.contextmanager
def reported(stage: str) -> Iterator[None]:
    """Announce a stage. If it fails, end the task with one plain line.

    Args:
        stage: Name of the stage.

    Raises:
        SystemExit: The stage failed; the text is the message for the user.
    """
    from podium_ml.run.events import emit

    try:
        with announced(stage):
            yield
    except StageFailedError as failure:
        emit("error", stage=stage, message=failure.message, hint=failure.hint, kind=failure.kind)
        raise SystemExit(failure_lines(stage, failure)) from None


def supervise(
    call: str,
    arguments: dict[str, Any],
    /,
    *,
    timeout: float = 0.0,
    memory: int = 0,
    alone: bool = False,
    patient: bool = False,
    confinement: Confinement | None = None,
) -> Any:
    """Make one call in a child process and return its JSON-able value.

    Args:
        call: ``module:function``.
        arguments: Keyword arguments, JSON-able.
        timeout: Seconds after which the child is killed; 0 for never.
        memory: A lower memory limit than that of the engine or the container, in bytes; 0 for none.
        alone: Whether nothing else runs at the same time, so that the child may use the memory of all.
        patient: Whether work beside it that needs the same cores goes first.
        confinement: What alone the child may reach, without credentials; ``None`` for everything.

    Raises:
        StageFailedError: The call raised, was killed, or ran out of memory or time.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        outcome_file = Path(folder) / "outcome.json"
        request = {"call": call, "arguments": arguments, "outcome": str(outcome_file)}
        environment: Mapping[str, str] = os.environ
        if confinement is not None:
            request["confinement"] = confinement.for_request(folder)
            environment = confinement.environment(folder)
        limit = min((one for one in (limit_bytes(alone=alone), memory) if one), default=0)
        child = start_child(request, environment, Path(folder) / "request.json")
        if patient:
            with contextlib.suppress(OSError):  # It may have ended already.
                os.setpriority(os.PRIO_PROCESS, child.pid, os.getpriority(os.PRIO_PROCESS, 0) + _PATIENT)
        try:
            status = _watch(child, timeout=timeout, limit=limit)
        except BaseException:
            child.kill()
            raise
        return _value(outcome_file, status)


def _watch(child: Child, *, timeout: float, limit: int) -> int:
    started, used = time.monotonic(), 0
    while (status := child.wait(_CLOSE_POLL_SECONDS if used > limit / 2 else _POLL_SECONDS)) is None:
        used = used_bytes(child.pid) if limit else 0
        if used > limit:
            _kill(child)
            raise StageFailedError(
                f"Out of memory: it needed more than {limit / 2**20:,.0f} MiB.",
                hint="Allow more memory, or use fewer rows or columns.",
                kind="memory",
            )
        if timeout and time.monotonic() - started > timeout:
            _kill(child)
            raise StageFailedError(
                f"Out of time: it was stopped after {timeout:,.3g} seconds.", kind="timeout"
            )
    return status


def _kill(child: Child) -> None:
    child.kill()
    child.wait(5.0)


def _value(outcome_file: Path, status: int) -> Any:
    if outcome_file.exists():
        outcome = json.loads(outcome_file.read_text(encoding="utf-8"))
        if "error" in outcome:
            error = outcome["error"]
            raise StageFailedError(error.pop("message"), **error)
        return outcome["value"]
    if status == -signal.SIGKILL:
        raise StageFailedError(
            "Killed by signal 9, probably by the kernel because memory ran out.", kind="killed"
        )
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    raise StageFailedError(f"The process {how} before it had a result.", kind="killed")
