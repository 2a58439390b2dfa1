"""What the NetworkPolicies of some objects allow, by the rules of Kubernetes."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any


@dataclass(frozen=True)
class Pod:
    """A pod as policies see it.

    Attributes:
        namespace: Its namespace.
        labels: Its labels.
        address: Its address.
    """

    namespace: str
    labels: dict[str, str] = field(default_factory=dict)
    address: str = "10.1.2.3"


class Network:
    """The policies among some objects.

    Args:
        objects: Objects of Kubernetes.
    """

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self.policies = [one for one in objects if one["kind"] == "NetworkPolicy"]

    def connects(self, source: Pod, target: Pod | str, port: int, protocol: str = "TCP") -> bool:
        """Whether a pod may open a connection to a pod or to an address outside of the cluster."""
        sends = self._allows("egress", source, target, port, protocol)
        return sends and (isinstance(target, str) or self._allows("ingress", target, source, port, protocol))

    def _allows(self, side: str, pod: Pod, peer: Pod | str, port: int, protocol: str) -> bool:
        chosen = [
            one["spec"]
            for one in self.policies
            if one["metadata"]["namespace"] == pod.namespace
            and side.capitalize() in one["spec"]["policyTypes"]
            and selects(one["spec"]["podSelector"], pod.labels)
        ]
        rules = [(spec, rule) for spec in chosen for rule in spec.get(side, [])]
        peers = "to" if side == "egress" else "from"
        return not chosen or any(
            _has_port(rule, port, protocol)
            and (not rule.get(peers) or any(_is(one, peer, pod.namespace) for one in rule[peers]))
            for _, rule in rules
        )


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a label selector matches."""
    for one in selector.get("matchExpressions", []):
        value, operator = labels.get(one["key"]), one["operator"]
        if operator == "Exists":
            matches = value is not None
        else:
            assert operator == "In", operator
            matches = value in one["values"]
        if not matches:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()


def _has_port(rule: dict[str, Any], port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    return not ports or any((one["port"], one["protocol"]) == (port, protocol) for one in ports)


def _is(rule: dict[str, Any], peer: Pod | str, namespace: str) -> bool:
    """Whether a peer of a rule is this one. A rule for addresses may also match pods, so pods have one."""
    if block := rule.get("ipBlock"):
        address = ip_address(peer if isinstance(peer, str) else peer.address)
        inside = [address in ip_network(one) for one in (block["cidr"], *block.get("except", []))]
        return inside[0] and not any(inside[1:])
    if isinstance(peer, str):
        return False
    if "namespaceSelector" in rule:
        here = selects(rule["namespaceSelector"], {"kubernetes.io/metadata.name": peer.namespace})
    else:
        here = peer.namespace == namespace
    return here and selects(rule.get("podSelector", {}), peer.labels)
