"""Tests of work in a pod with limits, which must stop before the kernel kills the whole container."""

import json
from collections.abc import Iterator

import pytest

from .client import Client
from .conftest import RUNS, Cluster

pytestmark = pytest.mark.cluster
# Functions that replace those of the stages, and allocate memory about as fast as real work.
GREEDY = """
import time
def take(mebibytes):
    taken = []
    while len(taken) < mebibytes / 10:
        taken.append(bytearray(10 << 20))
        time.sleep(0.02)
    return len(taken)
def train(branch, **_):
    return {"taken": take(branch["mebibytes"])}
"""
PROLOGUE = f"""
    import os, pathlib, sys
    from podium_components import branches
    from podium_components.supervision import StageFailedError, supervise
    pathlib.Path("/tmp/greedy.py").write_text({GREEDY!r})
    os.environ["PYTHONPATH"] = "/tmp"
"""
BEYOND_THE_LIMIT = (
    PROLOGUE
    + """
    print("ENOUGH", supervise("greedy:take", {"mebibytes": 100}))
    try:
        supervise("greedy:take", {"mebibytes": 2000})
    except StageFailedError as failure:
        print("FAILED", failure.kind, failure)
"""
)
TWO_ATTEMPTS = (
    PROLOGUE
    + """
    branches._TRAIN = "greedy:train"
    branch = {"algorithm": "greedy", "memory": "128Mi", "mebibytes": int(sys.argv[1])}
    given = {"features": "", "problem": "", "candidate": "/tmp/candidate"}
    try:
        print("DONE", branches._attempt({**given, "branch": branch}, branch))
    except StageFailedError as failure:
        print("FAILED", failure.kind, failure)
"""
)
# Print the default number of threads of native libraries, and the number in a child.
THREADS = """
    import os
    from podium_components.supervision import supervise
    import numpy
    from threadpoolctl import threadpool_info
    print("ALONE", max(one["num_threads"] for one in threadpool_info()), len(os.sched_getaffinity(0)))
    print("CHILD", supervise("os:getenv", {"key": "OMP_NUM_THREADS"}))
"""


@pytest.fixture(scope="module")
def limited(ready: Cluster) -> Iterator[Client]:
    client = Client(ready, "limited", {"/tmp": {"emptyDir": {}}}, limits={"memory": "512Mi", "cpu": "900m"})
    yield client
    client.delete()


@pytest.fixture(autouse=True)
def _survives(limited: Client) -> Iterator[None]:
    """Check that the kernel did not kill the container."""
    yield
    found = json.loads(limited.cluster.kubectl("get", "pod", "limited", "-n", RUNS, "-o", "json"))
    (state,) = found["status"]["containerStatuses"]
    assert state["restartCount"] == 0
    assert "running" in state["state"]


def test_exceeding_memory_of_container_is_reported(limited: Client) -> None:
    printed = limited.python(BEYOND_THE_LIMIT)
    assert "ENOUGH 10" in printed
    assert "FAILED memory Out of memory: it needed more than 461 MiB" in printed


def test_branch_is_retried_once_with_more_memory(limited: Client) -> None:
    printed = limited.python(TWO_ATTEMPTS, "300")
    assert "needed more than 128 MiB" in printed
    assert "Trying again with all the memory that this pod may use." in printed
    assert "DONE {'taken': 30}" in printed
    printed = limited.python(TWO_ATTEMPTS, "2000")
    assert printed.count("Trying again") == 1
    assert "FAILED memory Out of memory: it needed more than 461 MiB" in printed


def test_threads_match_cpus_of_pod_and_not_of_node(limited: Client) -> None:
    printed = limited.python(THREADS)
    cores = printed.split("ALONE ")[1].split()[1]
    assert f"ALONE {cores} {cores}" in printed
    assert "CHILD 1\n" in printed
