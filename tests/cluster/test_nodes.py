"""Tests of what the tests themselves say about nodes."""

import json

import pytest

from .conftest import Cluster
from .nodes import why_closed

pytestmark = pytest.mark.cluster


def test_nodes_that_take_no_pods_are_described(cluster: Cluster) -> None:
    nodes = [
        node["metadata"]["name"]
        for node in json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"]
    ]
    assert why_closed() == ""
    cluster.kubectl("taint", "nodes", *nodes, "podium-test/full=true:NoSchedule")
    try:
        seen = why_closed()
    finally:
        cluster.kubectl("taint", "nodes", *nodes, "podium-test/full-")
    assert "podium-test/full=true:NoSchedule" in seen
    assert "DiskPressure" in seen
