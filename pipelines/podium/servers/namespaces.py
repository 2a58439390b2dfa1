"""What the namespace of the runs lacks, and what it has too much of."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from podium.pipelines.secrets import SECRETS, SERVERS, STORE, TASK_LABEL
from podium.servers.connections import Connections
from podium.servers.pods import cluster_errors, core_api

_SECONDS = 10.0
_NOT_FOUND, _FORBIDDEN = 404, 403
# Services of the cloud for the machines of the cluster, such as passwords of the machine itself.
_METADATA = ip_address("169.254.169.254")


class Namespace:
    """The objects in the namespace of the runs, as far as the user may read them.

    Args:
        connections: Settings of the servers.
        account: Service account of the runs.

    Raises:
        ServerError: The cluster cannot be reached.
    """

    def __init__(self, connections: Connections, account: str) -> None:
        from kubernetes import client

        self.name = connections.namespace_of_runs
        is_shared = self.name == connections["kubeflow server namespace"]
        with cluster_errors(connections):
            core = core_api(connections)
            network = client.NetworkingV1Api(core.api_client)
            self._account = self._read(core.read_namespaced_service_account, account)
            self._servers = self._read(core.read_namespaced_config_map, SERVERS)
            self._store = self._read(core.read_namespaced_secret, STORE)
            self._policies = self._read(network.list_namespaced_network_policy)
            # A quota would count the pods of Kubeflow's own servers.
            self._quota = [] if is_shared else self._read(core.list_namespaced_resource_quota)
            self._limits = [] if is_shared else self._read(core.list_namespaced_limit_range)
        self._is_shared, self._account_name = is_shared, account

    def _read(self, read: Callable[..., Any], *names: str) -> Any:
        """Return an object or the items of a list: ``None`` if there is none, ``False`` if the user may not read it."""
        from kubernetes.client.exceptions import ApiException

        try:
            found = read(*names, self.name, _request_timeout=_SECONDS)
        except ApiException as error:
            if error.status not in (_NOT_FOUND, _FORBIDDEN):
                raise
            return None if error.status == _NOT_FOUND else False
        return found if names else found.items

    @property
    def is_readable(self) -> bool:
        """Whether the user may read anything here."""
        return any(one is not False for one in (self._account, self._servers, self._store, self._policies))

    def lacks(self) -> list[str]:
        """Return what runs need, or what protects others from them, and is not here."""
        found = {
            f"the service account {self._account_name}": self._account,
            f"the ConfigMap {SERVERS}": self._servers,
            f"the Secret {STORE}": self._store,
            "a NetworkPolicy for the pods of runs": self._policies is False or self._covering("Egress"),
            "a ResourceQuota": self._is_shared or self._quota is False or self._quota,
            "a LimitRange": self._is_shared or self._limits is False or self._limits,
        }
        return [what for what, one in found.items() if one is None or one == []]

    def has_too_much(self) -> list[str]:
        """Return what strangers could use."""
        return [*self._open_secrets(), *self._open_doors()]

    def _open_secrets(self) -> Iterator[str]:
        """Yield what else lies in the Secret that each pod of a run may read."""
        keys = set((self._store.data if self._store else None) or ()) - set(SECRETS[STORE])
        for key in sorted(keys):
            place = next((name for name, variables in SECRETS.items() if key in variables), "another Secret")
            yield f"{STORE} holds {key}, which every pod of a run can read and which belongs into {place}"

    def _open_doors(self) -> Iterator[str]:
        for policy in self._covering("Egress"):
            for rule in policy.spec.egress or ():
                name = policy.metadata.name
                if not rule.to:
                    yield f"the NetworkPolicy {name} lets pods of runs reach everything"
                elif any(_admits_metadata(peer.ip_block) for peer in rule.to if peer.ip_block):
                    yield f"the NetworkPolicy {name} lets pods of runs reach {_METADATA}, a service for the machines"

    def _covering(self, side: str) -> list[Any]:
        """Return the policies that select pods of runs."""
        policies = self._policies or []
        return [one for one in policies if side in (one.spec.policy_types or ()) and _selects_tasks(one)]


def _selects_tasks(policy: Any) -> bool:
    selector = policy.spec.pod_selector
    keys = {one.key for one in selector.match_expressions or ()}
    return not selector.match_labels and keys <= {TASK_LABEL, "pipeline/runid"}


def _admits_metadata(block: Any) -> bool:
    admitted, excluded = ip_network(block.cidr), [ip_network(one) for one in block._except or ()]
    return _METADATA in admitted and not any(_METADATA in one for one in excluded)
