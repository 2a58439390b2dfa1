"""The child's side: makes one call and writes the result or the error as JSON.

A child that is a fresh interpreter runs ``python -m podium_components.supervision._call PARENT REQUEST``.
"""

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from podium_components.supervision._confinement import confine

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends, and end now if it has. Works on Linux alone.

    Args:
        parent: The parent's process ID. The kernel tells nothing of a parent that ended before it was asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def perform(request: dict[str, Any]) -> int:
    """Call ``request["call"]`` (``module:function``) with its arguments and write the outcome beside it.

    If the request has a ``confinement``, this process is confined first.

    Returns:
        The exit status: 0 if the call returned.
    """
    try:
        if confinement := request.get("confinement"):
            confine(**confinement)
        outcome = {"value": _call(request["call"], request["arguments"])}
    except BaseException as error:  # The parent must learn about every error.
        outcome = {"error": describe(error)}
    _write(request["outcome"], outcome)
    with contextlib.suppress(OSError):  # The log may be on a full disk.
        sys.stderr.write(outcome.get("error", {}).get("trace", ""))
        sys.stdout.flush()
        sys.stderr.flush()
    return 1 if "error" in outcome else 0


def _call(call: str, arguments: dict[str, Any]) -> Any:
    from podium_ml.run import concurrency, working

    module, _, function = call.partition(":")
    with working.announced():
        called = getattr(importlib.import_module(module), function)
        concurrency.use_threads(concurrency.threads())
        return called(**arguments)


def describe(error: BaseException) -> dict[str, str]:
    """Return an exception as the fields of a ``StageFailedError``, without the secrets that its text may hold."""
    from podium_ml.values.masking import masked_all

    return masked_all(_described(error))


def _described(error: BaseException) -> dict[str, str]:
    from podium_ml.errors import PodiumError
    from podium_ml.files import full_disk

    trace = "".join(traceback.format_exception(error))
    if isinstance(error, PodiumError):
        return {"message": error.message, "hint": error.hint, "kind": "user", "trace": trace}
    if isinstance(error, MemoryError):
        return {"message": "It ran out of memory.", "kind": "memory", "trace": trace}
    if full_disk.is_full(error):
        return {"message": full_disk.MESSAGE, "hint": full_disk.HINT, "kind": "user", "trace": trace}
    text = " ".join(str(error).split())[:500]
    return {"message": f"{type(error).__name__}: {text}", "kind": "bug", "trace": trace}


def _write(path: str, outcome: dict[str, Any]) -> None:
    partial = Path(f"{path}.partial")
    partial.write_text(json.dumps(outcome, default=str), encoding="utf-8")
    partial.rename(path)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.setpgid(0, 0)
    sys.exit(perform(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
