"""Which attempt at a task this is. On a cluster, a task is tried again when its container or pod dies.

Argo names the node of a pod by the path to it, and numbers the attempts at every level, outermost first:
``podium-tabular-x7k2p(0).root(0).for-loop-3(0).iteration-item(0).train-candidate(1).executor(0)``. The last two levels
are the task's own; the others are the pipelines and loops around it.
"""

import os
import re

# The name of the node, which Argo writes into an annotation of the pod.
NODE_VARIABLE = "PODIUM_NODE"
# A task whose pod died this many times does not work a further time.
MOST_DEATHS = 2
_OWN_LEVELS = 2
_REPEATED = (
    "The run ends here: the pod of a branch died again and again, even without training, and Kubeflow cannot repeat "
    "more than that pod. `podium logs` shows why it died."
)


def earlier_deaths(node: str | None = None) -> int:
    """Return how many attempts at this task died before this one, at most ``MOST_DEATHS``.

    Args:
        node: Name of the node; by default that of this pod. The local engine has none, and makes one attempt.

    >>> earlier_deaths("x7k2p(0).root(0).iteration-iterations(2:2)(0).train-candidate(1).executor(0)")
    1
    """
    numbers = _attempts(node)
    deaths = MOST_DEATHS if outer_attempts(node) else sum(numbers[-_OWN_LEVELS:])
    return min(MOST_DEATHS, deaths)


def outer_attempts(node: str | None = None) -> int:
    """Return how often the pipelines and loops around this task were tried again, which means that a task kept dying.

    Args:
        node: Name of the node; by default that of this pod.

    >>> outer_attempts("x7k2p(0).root(0).condition-2(1).plan-training(0).executor(0)")
    1
    """
    return sum(_attempts(node)[:-_OWN_LEVELS])


def stop_if_repeated() -> None:
    """End this task if Argo repeats a pipeline around it: Kubeflow would find each task of the pipeline twice.

    Raises:
        SystemExit: The text is the message for the user. Argo does not repeat after such a failure.
    """
    if outer_attempts():
        raise SystemExit(_REPEATED)


def _attempts(node: str | None) -> list[int]:
    name = os.environ.get(NODE_VARIABLE, "") if node is None else node
    return [int(number) for number in re.findall(r"\((\d+)\)", name)]
