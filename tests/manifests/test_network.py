"""Tests of how the tests read network policies, by the examples and the rules in the documentation of Kubernetes.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/.
"""

from typing import Any

import pytest

from .network import Network, Pod

DATABASE, FRONT = Pod("default", {"role": "db"}), Pod("default", {"role": "frontend"})
# The first example of the documentation.
EXAMPLE = {
    "podSelector": {"matchLabels": {"role": "db"}},
    "policyTypes": ["Ingress", "Egress"],
    "ingress": [
        {
            "from": [
                {"ipBlock": {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}},
                {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "myproject"}}},
                {"podSelector": {"matchLabels": {"role": "frontend"}}},
            ],
            "ports": [{"protocol": "TCP", "port": 6379}],
        }
    ],
    "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"protocol": "TCP", "port": 5978}]}],
}


def network(*specs: dict[str, Any], namespace: str = "default") -> Network:
    return Network(
        [{"kind": "NetworkPolicy", "metadata": {"namespace": namespace}, "spec": spec} for spec in specs]
    )


@pytest.mark.parametrize(
    ("source", "port", "connects"),
    [
        (FRONT, 6379, True),
        (FRONT, 6380, False),
        (Pod("default", {"role": "backend"}), 6379, False),
        (Pod("other", {"role": "frontend"}), 6379, False),
        (Pod("myproject"), 6379, True),
        (Pod("other", address="172.17.0.9"), 6379, True),
        (Pod("other", address="172.17.1.9"), 6379, False),
    ],
)
def test_who_reaches_the_database_of_the_example(source: Pod, port: int, connects: bool) -> None:
    assert network(EXAMPLE).connects(source, DATABASE, port) == connects


@pytest.mark.parametrize(
    ("target", "port", "connects"),
    [("10.0.0.7", 5978, True), ("10.0.0.7", 5979, False), ("10.0.1.7", 5978, False), (FRONT, 5978, False)],
)
def test_what_the_database_of_the_example_reaches(target: Pod | str, port: int, connects: bool) -> None:
    assert network(EXAMPLE).connects(DATABASE, target, port) == connects


def test_pods_without_a_policy_are_open() -> None:
    assert network(EXAMPLE).connects(DATABASE, FRONT, 80) is False
    assert network(EXAMPLE).connects(FRONT, "1.1.1.1", 80)
    assert network(EXAMPLE, namespace="other").connects(FRONT, DATABASE, 80)


EVERY = {"podSelector": {}}


@pytest.mark.parametrize(
    ("spec", "into", "out"),
    [
        ({**EVERY, "policyTypes": ["Ingress"]}, False, True),
        ({**EVERY, "policyTypes": ["Egress"]}, True, False),
        ({**EVERY, "policyTypes": ["Ingress", "Egress"]}, False, False),
        ({**EVERY}, False, True),
        ({**EVERY, "egress": [{}]}, False, True),
        ({**EVERY, "policyTypes": ["Ingress"], "ingress": [{}]}, True, True),
        ({**EVERY, "policyTypes": ["Egress"], "egress": [{"to": [], "ports": []}]}, True, True),
    ],
)
def test_default_policies(spec: dict[str, Any], into: bool, out: bool) -> None:
    found = network(spec)
    assert found.connects(Pod("other"), FRONT, 80) == into
    assert found.connects(FRONT, "1.1.1.1", 80) == out


@pytest.mark.parametrize(
    ("peer", "reached"),
    [
        ({"namespaceSelector": {}}, {"here", "there"}),
        ({"podSelector": {}}, {"here"}),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"a": "2"}}}, {"there"}),
        ({"podSelector": {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}}, set()),
        ({"podSelector": {"matchExpressions": [{"key": "b", "operator": "DoesNotExist"}]}}, {"here"}),
    ],
)
def test_two_selectors_of_one_peer_both_count(peer: dict[str, Any], reached: set[str]) -> None:
    pods = {"here": Pod("default", {"a": "1"}), "there": Pod("other", {"a": "2"})}
    found = network({**EVERY, "policyTypes": ["Egress"], "egress": [{"to": [peer]}]})
    assert {name for name, pod in pods.items() if found.connects(FRONT, pod, 80)} == reached


@pytest.mark.parametrize(
    ("given", "port", "protocol", "connects"),
    [
        ({"port": 32000, "endPort": 32768}, 32500, "TCP", True),
        ({"port": 32000, "endPort": 32768}, 32769, "TCP", False),
        ({"protocol": "UDP"}, 53, "UDP", True),
        ({"protocol": "UDP"}, 53, "TCP", False),
        ({"port": 53}, 53, "UDP", False),
    ],
)
def test_ports(given: dict[str, Any], port: int, protocol: str, connects: bool) -> None:
    found = network({**EVERY, "policyTypes": ["Egress"], "egress": [{"ports": [given]}]})
    assert found.connects(FRONT, "1.1.1.1", port, protocol) == connects


@pytest.mark.parametrize(
    "rule",
    [
        {"ports": [{"port": "http"}]},
        {"to": [{"serviceSelector": {}}]},
        {"to": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]},
    ],
)
def test_what_is_not_known_fails(rule: dict[str, Any]) -> None:
    found = network({**EVERY, "policyTypes": ["Egress"], "egress": [rule]})
    with pytest.raises(AssertionError, match="known"):
        found.connects(FRONT, Pod("other"), 80)
