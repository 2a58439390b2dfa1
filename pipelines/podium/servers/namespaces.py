"""What the namespace of the runs lacks, and what it has too much of."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

from podium.pipelines.secrets import SECRETS, SERVERS, STORE, TASK_LABEL
from podium.servers.connections import Connections
from podium.servers.pods import cluster_errors, core_api

_SECONDS = 10.0
_NOT_FOUND, _FORBIDDEN = 404, 403
# Services of the cloud for the machines of the cluster, such as passwords of the machine itself.
_METADATA = ip_network("169.254.169.254/32")
# Networks of companies, of which runs need single addresses at most.
_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
_SIDES = {"Egress": "from", "Ingress": "to"}


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
            **{
                f"a NetworkPolicy for connections {word} the pods of runs": self._policies is False
                or [one for one in self._covering(side) if _selects_all_tasks(one)]
                for side, word in _SIDES.items()
            },
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
            places = [what for rule in policy.spec.egress or () for what in _reached(rule.to)]
            if places:
                yield f"the NetworkPolicy {policy.metadata.name} lets pods of runs reach {', '.join(places)}"
        for policy in self._covering("Ingress"):
            sides = [rule._from for rule in policy.spec.ingress or ()]
            if any(not peers or any(map(_is_every_pod, peers)) for peers in sides):
                yield f"the NetworkPolicy {policy.metadata.name} lets every pod of the cluster reach pods of runs"

    def _covering(self, side: str) -> list[Any]:
        """Return the policies that select pods of runs, all or some."""
        policies = self._policies or []
        return [one for one in policies if side in (one.spec.policy_types or ()) and _selects_tasks(one)]


def _selects_tasks(policy: Any) -> bool:
    selector = policy.spec.pod_selector
    keys = {one.key for one in selector.match_expressions or ()}
    return not selector.match_labels and keys <= {TASK_LABEL, "pipeline/runid"}


def _selects_all_tasks(policy: Any) -> bool:
    return all(one.operator == "Exists" for one in policy.spec.pod_selector.match_expressions or ())


def _reached(peers: list[Any] | None) -> list[str]:
    """Return what a rule opens that no run needs, given whom it lets pods reach."""
    if not peers:
        return ["everything"]
    blocks = [peer.ip_block for peer in peers if peer.ip_block]
    found = ["every pod of the cluster"] if any(map(_is_every_pod, peers)) else []
    if any(_admits(block, _METADATA) for block in blocks):
        found.append(f"{_METADATA.network_address}, a service for the machines")
    return found + [
        f"all private addresses in {one}" for one in _PRIVATE if any(_admits(block, one) for block in blocks)
    ]


def _is_every_pod(peer: Any) -> bool:
    selectors = (peer.namespace_selector, peer.pod_selector)
    return peer.namespace_selector is not None and not any(
        one is not None and (one.match_labels or one.match_expressions) for one in selectors
    )


def _admits(block: Any, network: Any) -> bool:
    """Whether a block of addresses holds a whole network, and does not except it."""
    admitted, excluded = ip_network(block.cidr), [ip_network(one) for one in block._except or ()]
    if admitted.version != network.version or not network.subnet_of(admitted):
        return False
    return not any(one.version == network.version and network.subnet_of(one) for one in excluded)
