"""Work in a pod with limits: it keeps to them before the kernel does, which would kill the whole container."""

import json
from collections.abc import Iterator

import pytest

from .client import Client
from .conftest import RUNS, Cluster

pytestmark = pytest.mark.cluster
# Work that takes so many MiB, not faster than real work does, in place of the stages' own.
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
# What native libraries would take by themselves, and how many threads they have in the child.
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
    """Hold that the kernel killed nothing."""
    yield
    found = json.loads(limited.cluster.kubectl("get", "pod", "limited", "-n", RUNS, "-o", "json"))
    (state,) = found["status"]["containerStatuses"]
    assert state["restartCount"] == 0
    assert "running" in state["state"]


def test_too_much_for_the_container_is_one_sentence(limited: Client) -> None:
    printed = limited.python(BEYOND_THE_LIMIT)
    assert "ENOUGH 10" in printed
    assert "FAILED memory Out of memory: it needed more than 486 MiB" in printed


def test_a_branch_gets_more_memory_once(limited: Client) -> None:
    printed = limited.python(TWO_ATTEMPTS, "300")
    assert "needed more than 128 MiB" in printed
    assert "Trying again with all the memory that this pod may use." in printed
    assert "DONE {'taken': 30}" in printed
    printed = limited.python(TWO_ATTEMPTS, "2000")
    assert printed.count("Trying again") == 1
    assert "FAILED memory Out of memory: it needed more than 486 MiB" in printed


def test_threads_are_as_many_as_the_pod_has_cpus_not_its_node(limited: Client) -> None:
    printed = limited.python(THREADS)
    cores = printed.split("ALONE ")[1].split()[1]
    assert f"ALONE {cores} {cores}" in printed
    assert "CHILD 1\n" in printed
