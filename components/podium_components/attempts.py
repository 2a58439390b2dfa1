"""How often the pod of a branch died before this one.

Argo names the node of a pod by the path to it, and numbers the attempts at every level, outermost first:
``podium-tabular-x7k2p(0).root(0).iteration-item(0).branch(0).train-candidate(1).executor(0)``. The last two levels are
the task's own: Kubeflow tries a task again if its pod is deleted. If its container is killed, it does not, but the task
``train-again`` runs.
"""

import os
import re

# The name of the node, which Argo writes into an annotation of the pod.
NODE_VARIABLE = "PODIUM_NODE"
# The task that trains a branch again.
AGAIN = "train-again"
# A branch whose pod died this many times does not train again.
MOST_DEATHS = 2
_OWN_LEVELS = 2


def earlier_deaths(node: str | None = None) -> int:
    """Return how many pods of this branch are known to have died before this one, at most ``MOST_DEATHS``.

    Args:
        node: Name of the node; by default that of this pod. The local engine has none, and makes one attempt.

    >>> earlier_deaths("x7k2p(0).root(0).iteration-item(0).branch(0).train-candidate(1).executor(0)")
    1
    >>> earlier_deaths("x7k2p(0).root(0).iteration-item(0).branch(0).train-again(0).executor(0)")
    1
    """
    name = os.environ.get(NODE_VARIABLE, "") if node is None else node
    own = name.split(".")[-_OWN_LEVELS:]
    deaths = sum(int(number) for level in own for number in re.findall(r"\((\d+)\)", level))
    return min(MOST_DEATHS, deaths + any(level.startswith(AGAIN) for level in own))
