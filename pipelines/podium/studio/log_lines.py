"""The lines of a run's logs that tell something about the run."""

import re
from collections.abc import Iterable, Iterator

# What Kubeflow's launcher says of itself. The input of a task, hundreds of lines of JSON, follows one of these lines.
_LAUNCHER = re.compile(r"(?P<indent> *)\[KFP Executor [^]]* INFO\]: (?P<text>.*)")
_INPUT = "Got executor_input:"
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def telling_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without colours of terminals, and without what Kubeflow's launcher says of itself.

    >>> list(telling_lines(["==> ridge <==", "  [KFP Executor 1 INFO]: Got executor_input:", "  {", "  }", "Trial 1."]))
    ['==> ridge <==', 'Trial 1.']
    """
    end = ""
    for line in lines:
        if end:
            end = "" if line == end else end
        elif match := _LAUNCHER.fullmatch(line):
            end = f"{match['indent']}}}" if match["text"].endswith(_INPUT) else ""
        else:
            yield _COLOURS.sub("", line)
