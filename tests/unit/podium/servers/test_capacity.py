"""Tests of how many branches a cluster has room for."""

from typing import Any

import pytest
from kubernetes.client import V1Node, V1NodeSpec, V1NodeStatus, V1Taint

from podium.engines import kubeflow
from podium.servers import capacity
from podium_ml.settings import TabularSettings


def node(cpu: str, *, taint: str = "", closed: bool = False) -> V1Node:
    """Return a node with so many CPUs."""
    taints = [V1Taint(effect=taint, key="any")] if taint else None
    spec = V1NodeSpec(taints=taints, unschedulable=closed or None)
    return V1Node(spec=spec, status=V1NodeStatus(allocatable={"cpu": cpu, "memory": "16Gi"}))


@pytest.mark.parametrize(
    ("nodes", "slots"),
    [
        ([], 0),
        ([node("2")], 1),  # servers run on it, too
        ([node("2500m")], 2),
        ([node("500m")], 1),
        ([node("3920m"), node("8")], 10),
        ([node("4"), node("64", taint="NoSchedule"), node("64", closed=True)], 3),
        ([node("4", taint="PreferNoSchedule")], 3),
    ],
)
def test_branches_that_fit_on_nodes(nodes: list[V1Node], slots: int) -> None:
    assert capacity.count_slots(nodes) == slots


def test_cluster_whose_nodes_the_user_may_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> Any:
        raise PermissionError

    monkeypatch.setattr(capacity, "core_api", refuse)
    assert capacity.free_slots({}) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("room", "asked", "parallel"),
    [
        (3, {"time_limit": "10m"}, 3),
        (3, {"time_limit": "10m", "parallel": 5}, 5),  # the user knows better
        (3, {}, 0),  # nothing to share
        (0, {"time_limit": "10m"}, 0),  # unknown: all at once
        (1000, {"time_limit": "10m"}, 0),
    ],
)
def test_slots_that_a_run_is_started_with(
    monkeypatch: pytest.MonkeyPatch, room: int, asked: dict[str, Any], parallel: int
) -> None:
    monkeypatch.setattr(kubeflow, "free_slots", lambda _: room)
    settings = TabularSettings.parse({"source": "a.csv", "target": "y", **asked})
    assert kubeflow._with_slots(settings, {}).parallel == parallel  # type: ignore[arg-type]
