"""The lines of a run's logs that tell something about the run."""

import re
from collections.abc import Iterable, Iterator

# What Kubeflow's launcher says of itself. The input of a task, hundreds of lines of JSON, follows one of these lines.
_LAUNCHER = re.compile(r"\[KFP Executor [^]]* INFO\]: (?P<text>.*)")
_INPUT, _END = "Got executor_input:", "}"


def telling_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without what Kubeflow's launcher says of itself.

    >>> list(telling_lines(["==> ridge <==", "[KFP Executor 1 INFO]: Got executor_input:", "{", "}", "Trial 1."]))
    ['==> ridge <==', 'Trial 1.']
    """
    is_input = False
    for line in lines:
        if is_input:
            is_input = line != _END
        elif match := _LAUNCHER.fullmatch(line):
            is_input = match["text"].endswith(_INPUT)
        else:
            yield line
