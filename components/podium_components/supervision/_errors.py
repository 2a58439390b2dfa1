"""The error raised when supervised work fails, and the lines of a log that tell it."""

import re
from collections.abc import Collection
from itertools import takewhile

# The line that ends a failed task, and the lines that go on with its message.
_LINE = re.compile(r"(\w+) failed(?: \((\w+)\))?: (.*)")
_INDENT = "    "
# What the line says of the kind of failure: nothing if it is a bug.
_WORDS = {"user": "input", "memory": "memory", "timeout": "time", "killed": "killed"}


class StageFailedError(Exception):
    """A supervised call failed.

    Args:
        message: What happened, in words for the user.
        hint: What to do about it; may be empty.
        kind: ``user`` (bad input or settings), ``memory``, ``timeout``, ``killed`` or ``bug``.
        trace: Traceback of the child, for the log; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "", kind: str = "bug", trace: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message, self.hint, self.kind, self.trace = message, hint, kind, trace


def failure_lines(stage: str, failure: StageFailedError) -> str:
    """Return what the log of a task says last when one of its stages failed.

    >>> failure_lines("ingest_data", StageFailedError("There is no file x.csv.", kind="user"))
    'ingest_data failed (input): There is no file x.csv.'
    """
    word = f" ({_WORDS[failure.kind]})" if failure.kind in _WORDS else ""
    return f"{stage} failed{word}: " + f"\n{_INDENT}".join(str(failure).splitlines())


def read_failure(log: str, stages: Collection[str]) -> StageFailedError | None:
    """Return the failure that a log tells with ``failure_lines``, the last one if there are several.

    Args:
        log: The log of a task.
        stages: Names of all stages.
    """
    lines = log.splitlines()
    for number in reversed(range(len(lines))):
        found = _LINE.fullmatch(lines[number])
        if found and found[1] in stages:
            rest = takewhile(lambda line: line.startswith(_INDENT), lines[number + 1 :])
            kinds = {word: kind for kind, word in _WORDS.items()}
            message = "\n".join([found[3].strip(), *(line.strip() for line in rest)])
            return StageFailedError(message, kind=kinds.get(found[2] or "", "bug"))
    return None
