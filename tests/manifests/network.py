"""What the NetworkPolicies of some objects allow, by the rules of Kubernetes."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

_NAME_LABEL = "kubernetes.io/metadata.name"


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
            and side.capitalize() in _types(one["spec"])
            and selects(one["spec"]["podSelector"], pod.labels)
        ]
        peers = "to" if side == "egress" else "from"
        return not chosen or any(
            _has_port(rule, port, protocol)
            and (not rule.get(peers) or any(_is(one, peer, pod.namespace) for one in rule[peers]))
            for spec in chosen
            for rule in spec.get(side) or []
        )


def _types(spec: dict[str, Any]) -> list[str]:
    """Return the sides of a policy; without a list, that of what comes in, and the other one if it has rules."""
    default = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    return spec.get("policyTypes") or default


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a label selector matches."""
    _check_known(selector, "matchLabels", "matchExpressions")
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        _matches(one, labels.get(one["key"])) for one in selector.get("matchExpressions") or []
    )


def _matches(expression: dict[str, Any], value: str | None) -> bool:
    given = expression.get("values", [])
    return {
        "Exists": value is not None,
        "DoesNotExist": value is None,
        "In": value in given,
        "NotIn": value not in given,
    }[expression["operator"]]


def _has_port(rule: dict[str, Any], port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    return not ports or any(_is_port(one, port, protocol) for one in ports)


def _is_port(given: dict[str, Any], port: int, protocol: str) -> bool:
    _check_known(given, "port", "endPort", "protocol")
    first = given.get("port", 0)
    assert isinstance(first, int), f"names of ports, such as {first}, are not known here"
    last = given.get("endPort", first) if first else 65_535
    return given.get("protocol", "TCP") == protocol and first <= port <= last


def _is(rule: dict[str, Any], peer: Pod | str, namespace: str) -> bool:
    """Whether a peer of a rule is this one. A rule for addresses may also match pods, so pods have one."""
    _check_known(rule, "ipBlock", "namespaceSelector", "podSelector")
    if block := rule.get("ipBlock"):
        _check_known(block, "cidr", "except")
        address = ip_address(peer if isinstance(peer, str) else peer.address)
        inside = [address in ip_network(one) for one in (block["cidr"], *block.get("except", []))]
        return inside[0] and not any(inside[1:])
    if isinstance(peer, str):
        return False
    if "namespaceSelector" in rule:
        here = _is_namespace(rule["namespaceSelector"], peer.namespace)
    else:
        here = peer.namespace == namespace
    return here and selects(rule.get("podSelector", {}), peer.labels)


def _is_namespace(selector: dict[str, Any], name: str) -> bool:
    keys = {*selector.get("matchLabels", {}), *(one["key"] for one in selector.get("matchExpressions") or [])}
    assert keys <= {_NAME_LABEL}, f"labels of namespaces, {keys}, are not known here"
    return selects(selector, {_NAME_LABEL: name})


def _check_known(given: dict[str, Any], *names: str) -> None:
    """Fail on a field that this module does not know, which would count as allowed or forbidden without a word."""
    assert given.keys() <= set(names), f"unknown: {given.keys() - set(names)}"
