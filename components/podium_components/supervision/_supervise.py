"""The task's side: start the child, watch it, tell how it ended."""

import contextlib
import json
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podium_components.supervision._children import Child, start_child
from podium_components.supervision._errors import StageFailedError
from podium_components.supervision._memory import limit_bytes, resident_bytes

_POLL_SECONDS = 0.05


def run_stage(stage: str, /, **arguments: Any) -> dict[str, Any]:
    """Run ``podium_ml.stages.<stage>.run`` under supervision, and end the task with one plain line if it fails.

    Args:
        stage: Name of the stage.
        **arguments: Paths and JSON-able values.

    Returns:
        What the stage returned.

    Raises:
        SystemExit: The stage failed; its text is the message for the user.
    """
    with reported(stage):
        return supervise(f"podium_ml.stages.{stage}:run", arguments)


@contextlib.contextmanager
def reported(stage: str) -> Iterator[None]:
    """Tell of the start and the end of a stage, and end the task with one plain line if it fails.

    Args:
        stage: Name of the stage.

    Raises:
        SystemExit: The stage failed; its text is the message for the user.
    """
    from podium_ml.run.events import emit

    emit("stage_started", stage=stage)
    try:
        yield
    except StageFailedError as failure:
        emit("stage_failed", stage=stage)
        emit("error", stage=stage, message=failure.message, hint=failure.hint, kind=failure.kind)
        raise SystemExit(f"{stage} failed: {failure}") from None
    emit("stage_finished", stage=stage)


def supervise(call: str, arguments: dict[str, Any], /, *, timeout: float = 0.0, memory: int = 0) -> Any:
    """Make one call in a child process and return its JSON-able value.

    Args:
        call: ``module:function``.
        arguments: Keyword arguments, JSON-able.
        timeout: Seconds after which the child is killed; 0 for never.
        memory: Bytes that the child may use, if that is less than what the engine or the container allows; 0 for that.

    Raises:
        StageFailedError: The call raised, was killed, ran out of memory or of time.
    """
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        outcome_file = Path(folder) / "outcome.json"
        request = {"call": call, "arguments": arguments, "outcome": str(outcome_file)}
        child = start_child(request, Path(folder) / "request.json")
        try:
            status = _watch(child, timeout=timeout, memory=memory)
        except BaseException:
            child.kill()
            raise
        return _value(outcome_file, status)


def _watch(child: Child, *, timeout: float, memory: int) -> int:
    limit, started = min((one for one in (limit_bytes(), memory) if one), default=0), time.monotonic()
    while (status := child.wait(_POLL_SECONDS)) is None:
        if limit and resident_bytes(child.pid) > limit:
            _end(child)
            raise StageFailedError(
                f"Out of memory: it needed more than {limit / 2**20:,.0f} MiB.",
                hint="Give it more memory, or fewer rows or columns.",
                kind="memory",
            )
        if timeout and time.monotonic() - started > timeout:
            _end(child)
            raise StageFailedError(f"Out of time: it was ended after {timeout:,.3g} seconds.", kind="timeout")
    return status


def _end(child: Child) -> None:
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
        raise StageFailedError("Killed by signal 9, as the kernel does when memory runs out.", kind="killed")
    how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
    raise StageFailedError(f"The process was {how} before it had a result.", kind="killed")
