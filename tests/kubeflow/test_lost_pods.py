"""Tests of branches that die on a real Kubeflow Pipelines server: they are tried again, and the run goes on."""

import os
import time

import pytest

import podium
from podium.servers.deliveries import Deliveries
from tests.kubeflow.test_real_server import ENDED
from tests.pipelines.tables import binary_table

pytestmark = [pytest.mark.kubeflow, pytest.mark.timeout(3600)]

# What happens to the branches, by algorithm.
DELETED, EARLY, LATE, ALWAYS = "decision_tree", "naive_bayes", "random_forest", "nearest_neighbors"
EVICTED, CHILD, MEMORY = "extra_trees", "lightgbm", "xgboost"
UNHARMED = {"baseline", "logistic_regression"}

# Each prints "done" if the branch's work was running.
PROLOGUE = """
import os, pathlib, signal, time
def running(text):
    for one in pathlib.Path("/proc").glob("[0-9]*"):
        if int(one.name) not in (1, os.getpid()) and text in (one / "cmdline").read_bytes():
            yield int(one.name)
"""
# The container ends with status 137, as when the kernel kills all of it.
KILL_CONTAINER = (
    PROLOGUE
    + """
if list(running(b"kfp.dsl.executor_main")):
    time.sleep({seconds})
    for pid in running(b""):
        os.kill(pid, signal.SIGKILL)
    print("done")
"""
)
# The supervised child dies, as when the kernel kills one process.
KILL_CHILD = (
    PROLOGUE
    + """
for pid in running(b"podium_components.supervision._call"):
    os.kill(pid, signal.SIGKILL)
    print("done")
"""
)
# Another process of the container takes almost all of its memory, and keeps it until the work has ended, which is
# first stopped at the memory that the pod requested, and then starts once more.
FILL_MEMORY = (
    PROLOGUE
    + """
from podium_components.supervision.memory import used_bytes
from podium_ml.run.containers import container_limit
work = b"podium_components.supervision._call"
if list(running(work)):
    print("done", flush=True)  # the container may end with the work
    taken, limit, seen = [], container_limit(), time.monotonic()
    while time.monotonic() < seen + 3:
        if list(running(work)):
            seen = time.monotonic()
        if used_bytes(1) < 0.95 * limit:
            taken.append(bytearray(limit // 100))
        time.sleep(0.02)
"""
)


def harm_branches(pods, kubeflow, run_id):
    """Do to each branch what is planned for it, as soon as it runs, until the run ends."""
    wanted = {
        DELETED: [pods.delete],
        EVICTED: [pods.evict],
        EARLY: [KILL_CONTAINER.format(seconds=0)],
        LATE: [KILL_CONTAINER.format(seconds=15)],
        ALWAYS: [KILL_CONTAINER.format(seconds=0)] * 2,
        CHILD: [KILL_CHILD],
        MEMORY: [FILL_MEMORY],
    }
    seen = set()
    while any(wanted.values()) and kubeflow.run(run_id).state not in ENDED:
        time.sleep(0.5)
        for algorithm, pod, _ in pods.branches(run_id):
            if pod in seen or not wanted.get(algorithm):
                continue
            harm = wanted[algorithm][0]
            if callable(harm):
                harm(pod)
            elif "done" not in pods.python(pod, harm):
                continue
            seen.add(pod)
            wanted[algorithm].pop(0)
    left = [algorithm for algorithm, codes in wanted.items() if codes]
    assert not left, f"these branches were not seen running: {left}"


@pytest.fixture(scope="module")
def harmed(pods, kubeflow, folder):
    """Return a finished run whose branches died in all ways."""
    binary_table(3000, seed=int.from_bytes(os.urandom(3))).to_csv(folder / "large.csv", index=False)
    started = podium.run(
        folder / "large.csv",
        "churn",
        engine="kubeflow",
        out=folder / "harmed",
        name=f"test-{os.urandom(4).hex()}",
        max_trials=100,
        algorithms=",".join([DELETED, EVICTED, EARLY, LATE, ALWAYS, CHILD, MEMORY, "logistic_regression"]),
    )
    harm_branches(pods, kubeflow, started.state.run_id)
    return started.wait()


@pytest.fixture(scope="module")
def board(harmed):
    """Return the leaderboard of that run by model."""
    return harmed.leaderboard.set_index("model")


def test_run_goes_on(harmed, board):
    assert harmed.status == "succeeded"
    assert board["status"][sorted(UNHARMED)].eq("ok").all()


@pytest.mark.parametrize("algorithm", [DELETED, EVICTED, EARLY, LATE])
def test_branch_is_tried_again_after_a_death(algorithm, board):
    assert board.loc[algorithm, "status"] == "ok"
    assert board["reason"].fillna("")[algorithm] == ""


def test_branch_that_dies_whenever_it_trains_is_marked_as_failed(board, harmed):
    assert board.loc[ALWAYS, "status"] == "failed"
    assert "died 2 times" in board.loc[ALWAYS, "reason"]
    assert "died 2 times" in harmed.report.read_text()


@pytest.mark.parametrize(("algorithm", "words"), [(CHILD, "signal 9"), (MEMORY, "Out of memory")])
def test_death_of_the_work_alone_is_told(algorithm, words, board, harmed):
    """A branch that had kept trials is a model all the same."""
    assert words in harmed.report.read_text()
    if not board.loc[algorithm, "n_trials"]:
        assert board.loc[algorithm, "status"] == "failed"
        assert words in board.loc[algorithm, "reason"]


def test_next_run_trains_what_failed_and_nothing_else(harmed, folder, connections, kubeflow):
    given = harmed.folder.settings.model_dump(include={"max_trials", "name", "algorithms"})
    again = podium.run(
        folder / "large.csv", "churn", engine="kubeflow", out=folder / "healed", **given
    ).wait()
    trained = Deliveries(connections, kubeflow.run(again.state.run_id)).candidates()
    assert {one.algorithm for one in trained} == {ALWAYS, CHILD, MEMORY}
    board = again.leaderboard.set_index("model")
    assert board["status"].eq("ok").all()
