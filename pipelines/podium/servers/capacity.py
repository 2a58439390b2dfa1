"""How many branches a cluster can run at once, as far as the user may see its nodes."""

from collections.abc import Iterable
from typing import Any

from podium.servers.connections import Connections
from podium.servers.pods import core_api
from podium_ml.values.quantities import parse_cpu

# CPUs of a branch's pod; most algorithms ask for this many, the small ones for half.
_BRANCH_CPUS = 1.0
# What the servers on a node are assumed to request.
_SERVER_CPUS = 0.25
_SECONDS = 3.0


def free_slots(connections: Connections) -> int:
    """Return how many branches the nodes of the cluster have room for; 0 if the user may not see them.

    What the pods of others use is not subtracted: it changes while the run waits, a cluster may add nodes, and with
    another number the shares of all branches would change, so that none came from the cache. But some CPU of each node
    always belongs to its servers: two branches never run at once on two CPUs.

    Args:
        connections: Settings of the servers.
    """
    try:
        nodes = core_api(connections).list_node(_request_timeout=_SECONDS).items
    except (
        Exception
    ):  # No permission, no connection, no credentials: the run itself will report what matters.
        return 0
    return count_slots(nodes)


def count_slots(nodes: Iterable[Any]) -> int:
    """Return how many branches fit on nodes, at least one if there are any.

    Args:
        nodes: Nodes as Kubernetes describes them. Those that take no pods, or only pods that tolerate their taints, do
            not count.
    """
    usable = [node for node in nodes if _takes_pods(node)]
    free = [parse_cpu(node.status.allocatable["cpu"]) - _SERVER_CPUS for node in usable]
    slots = sum(int(max(0.0, cpus) / _BRANCH_CPUS) for cpus in free)
    return max(1, slots) if usable else 0


def _takes_pods(node: Any) -> bool:
    taints = node.spec.taints or ()
    return not node.spec.unschedulable and not any(one.effect != "PreferNoSchedule" for one in taints)
