"""What the cluster's owner lets the settings of runs name, as the pods of the runs see it."""

from podium.pipelines.secrets import SERVERS
from podium.servers.connections import Connections
from podium.servers.pods import cluster_errors, core_api
from podium_ml.confinement import Lists

_SECONDS = 10.0


def read_allowances(connections: Connections) -> Lists:
    """Return the lists in the ConfigMap that pods get as variables; the defaults if there is none.

    Args:
        connections: Settings of the servers.

    Raises:
        ServerError: The cluster cannot be reached, or the user may not read the ConfigMap.
    """
    from kubernetes.client.exceptions import ApiException

    with cluster_errors(connections):
        try:
            found = core_api(connections).read_namespaced_config_map(
                SERVERS, connections.namespace_of_runs, _request_timeout=_SECONDS
            )
        except ApiException as error:
            if error.status != 404:
                raise
            return Lists.read({})
    return Lists.read(found.data or {})
