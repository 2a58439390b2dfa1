"""Why a run on a server failed."""

from collections.abc import Iterable
from contextlib import suppress

from podium.servers.connections import Connections
from podium.servers.deliveries import Deliveries
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow
from podium.servers.pod_states import PodState, final_failures
from podium.servers.pods import pod_states
from podium.servers.workflow import argo_states
from podium_components.supervision import StageFailedError, read_failure
from podium_ml.run.stages import NAMES

_NO_REASON = "The server gives no reason. See the log of the failed task on the run's page."
# Failed pods that are named; others often failed because of these.
_MOST = 3


def states_of(kubeflow: Kubeflow, connections: Connections, run_id: str) -> list[PodState]:
    """Return the states of all pods of a run, from Argo's record and, where the user may see them, from Kubernetes.

    Args:
        kubeflow: The server.
        connections: Settings of the servers.
        run_id: The run.
    """
    states = {state.node: state for state in argo_states(kubeflow.workflow(run_id))}
    with suppress(ServerError):
        states |= {state.node: state for state in pod_states(connections, run_id)}
    return list(states.values())


def failure_of(logs: Iterable[str], states: Iterable[PodState]) -> StageFailedError:
    """Return why a run failed: what a stage said, else what became of its pods.

    Args:
        logs: Logs of its tasks, in order of time.
        states: States of its pods.
    """
    for log in logs:
        if failure := read_failure(log, NAMES):
            return failure
    failed = final_failures(states)
    if failed:
        return StageFailedError(" ".join(one.failure for one in failed[:_MOST]), kind=failed[0].kind)
    return StageFailedError(_NO_REASON)


def describe_failure(
    kubeflow: Kubeflow, connections: Connections, deliveries: Deliveries, run_id: str
) -> StageFailedError:
    """Ask the servers why a run failed.

    Args:
        kubeflow: The server.
        connections: Settings of the servers.
        deliveries: Outputs of its tasks.
        run_id: The run.
    """
    logs: list[str] = []
    with suppress(ServerError):
        logs = [log.text for log in deliveries.logs()]
    return failure_of(logs, states_of(kubeflow, connections, run_id))
