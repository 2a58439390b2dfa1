"""Tests of supervised calls in fresh and warm children: results, errors, memory and time limits."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podium_components.supervision import (
    WARM_VARIABLE,
    StageFailedError,
    memory,
    run_stage,
    start_warm,
    supervise,
)
from podium_components.supervision._cpus import cpus
from podium_components.supervision.memory import limit_bytes, resident_bytes, used_bytes
from podium_ml.run.concurrency import MEMORY_VARIABLE, SLOTS_VARIABLE, THREADS_VARIABLE, cores

WORK = """
import os, signal, time
from podium_ml.errors import DataError

def add(a, b):
    print("adding", flush=True)
    return a + b

def where():
    return {"pid": os.getpid(), "folder": os.getcwd(), "flavour": os.environ.get("FLAVOUR")}

def bad_data():
    raise DataError("Column 'x' is empty.", "Drop it.")

def bug():
    return {}["missing"]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def sleep(note):
    with open(note, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(60)

def allocate(mebibytes, seconds=60):
    block = bytearray(mebibytes * 2**20)
    time.sleep(seconds)
    return len(block)
"""


@pytest.fixture(params=["fresh", "warm"])
def work(request, tmp_path, monkeypatch):
    """Return the name of a module that children can import, with and without a warm process to fork them from."""
    (tmp_path / "supervised_work.py").write_text(textwrap.dedent(WORK))
    path = os.pathsep.join([str(tmp_path), *sys.path])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    if request.param == "fresh":
        yield "supervised_work"
        return
    folder = tmp_path / "warm"
    folder.mkdir()
    process = start_warm(folder, [["json"], ["csv"]])
    monkeypatch.setenv(WARM_VARIABLE, str(folder))
    yield "supervised_work"
    process.kill()
    process.wait()


def wait_for(condition, seconds=10.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.01)


def gone(pid):
    """Return whether a process has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_value_comes_back(work, capfd):
    assert supervise(f"{work}:add", {"a": 1, "b": 2}) == 3
    assert "adding" in capfd.readouterr().out


def test_child_sees_the_tasks_environment_and_folder(work, monkeypatch, tmp_path):
    monkeypatch.setenv("FLAVOUR", "vanilla")
    monkeypatch.chdir(tmp_path)
    seen = supervise(f"{work}:where", {})
    assert seen["flavour"] == "vanilla"
    assert Path(seen["folder"]) == tmp_path.resolve()
    assert seen["pid"] != os.getpid()


def test_fresh_child_uses_one_thread_per_cpu(monkeypatch):
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    monkeypatch.setattr("podium_components.supervision._children.cpus", lambda: 3)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "5")
    for name in ("OMP_NUM_THREADS", THREADS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
        assert supervise("os:getenv", {"key": name}) == "3"
    assert supervise("os:getenv", {"key": "OPENBLAS_NUM_THREADS"}) == "5"


@pytest.mark.parametrize("patient", [False, True])
def test_patient_work_lets_others_go_first(patient):
    own = os.getpriority(os.PRIO_PROCESS, 0)
    found = supervise("os:getpriority", {"which": os.PRIO_PROCESS, "who": 0}, patient=patient)
    assert found > own if patient else found == own


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "6400000 100000"}, 8),
        ({"cpu.max": "max 100000"}, 4),
        ({"cpu/cpu.cfs_quota_us": "200000", "cpu/cpu.cfs_period_us": "100000"}, 2),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 4),
        ({}, 4),
    ],
)
def test_cpu_count_of_container_on_eight_cpu_machine(files, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n")
    assert cpus(tmp_path) == expected


def test_user_error_keeps_message_and_hint(work):
    with pytest.raises(StageFailedError) as caught:
        supervise(f"{work}:bad_data", {})
    assert (caught.value.kind, caught.value.message, caught.value.hint) == (
        "user",
        "Column 'x' is empty.",
        "Drop it.",
    )


def test_bug_keeps_its_traceback(work):
    with pytest.raises(StageFailedError, match="KeyError") as caught:
        supervise(f"{work}:bug", {})
    assert caught.value.kind == "bug"
    assert "in bug" in caught.value.trace


def test_killed_child_is_not_reported_as_bug(work):
    with pytest.raises(StageFailedError, match="signal 9") as caught:
        supervise(f"{work}:die", {})
    assert caught.value.kind == "killed"


def test_hanging_child_is_terminated(work, tmp_path):
    note = tmp_path / "pid"
    started = time.monotonic()
    with pytest.raises(StageFailedError, match="Out of time") as caught:
        supervise(f"{work}:sleep", {"note": str(note)}, timeout=2.0)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < 20
    wait_for(lambda: gone(int(note.read_text())))


def test_memory_guard_acts_before_the_kernel(work, monkeypatch):
    monkeypatch.setenv(MEMORY_VARIABLE, str(200 * 2**20))
    with pytest.raises(StageFailedError, match="more than 200 MiB") as caught:
        supervise(f"{work}:allocate", {"mebibytes": 400})
    assert caught.value.kind == "memory"


def test_child_ends_with_its_task(work, tmp_path):
    note = tmp_path / "pid"
    call = f"supervise('{work}:sleep', {{'note': {str(note)!r}}})"
    code = f"from podium_components.supervision import supervise; {call}"
    task = subprocess.Popen([sys.executable, "-c", code])
    wait_for(lambda: note.exists() and note.read_text())
    task.send_signal(signal.SIGKILL)
    task.wait()
    wait_for(lambda: gone(int(note.read_text())))


def test_fresh_child_replaces_missing_warm_process(monkeypatch, tmp_path):
    monkeypatch.setenv(WARM_VARIABLE, str(tmp_path / "nobody"))
    assert supervise("os:getpid", {}) != os.getpid()


def test_stage_failure_is_one_line():
    with pytest.raises(SystemExit, match=r"ingest_data failed \(input\): .*nowhere\.csv"):
        run_stage("ingest_data", source="nowhere.csv", test="", reader={}, table="unused")


def test_resident_memory_is_measured():
    assert resident_bytes(os.getpid()) > 2**20
    assert resident_bytes(2**22 + 1) == 0


def test_memory_limit_of_engine_is_used(monkeypatch):
    monkeypatch.setenv(MEMORY_VARIABLE, "12345")
    assert limit_bytes() == limit_bytes(alone=True) == 12345


def test_child_that_works_alone_may_use_the_memory_of_all(work, monkeypatch):
    monkeypatch.setenv(MEMORY_VARIABLE, str(100 * 2**20))
    monkeypatch.setenv(SLOTS_VARIABLE, "2")
    supervise(f"{work}:allocate", {"mebibytes": 130, "seconds": 3}, alone=True)
    with pytest.raises(StageFailedError, match="more than 200 MiB"):
        supervise(f"{work}:allocate", {"mebibytes": 400}, alone=True)
    with pytest.raises(StageFailedError, match="more than 100 MiB"):
        supervise(f"{work}:allocate", {"mebibytes": 130})


MEBIBYTE = 2**20
V2 = {
    "memory.max": 512 * MEBIBYTE,
    "memory.current": 400 * MEBIBYTE,
    "memory.stat": {"anon": 300 * MEBIBYTE, "inactive_file": 60 * MEBIBYTE, "active_file": 40 * MEBIBYTE},
}
# Kubernetes shows each container its own group as the root of the hierarchy.
V1 = {
    "memory/memory.limit_in_bytes": 512 * MEBIBYTE,
    "memory/memory.usage_in_bytes": 400 * MEBIBYTE,
    "memory/memory.stat": {
        "inactive_file": 1,
        "total_inactive_file": 60 * MEBIBYTE,
        "total_active_file": 40 * MEBIBYTE,
        "hierarchical_memory_limit": 512 * MEBIBYTE,
    },
}


def hierarchy(folder, files):
    """Write the files of a control group, as the kernel shows them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        lines = (
            [f"{key} {value}" for key, value in content.items()] if isinstance(content, dict) else [content]
        )
        path.write_text("".join(f"{line}\n" for line in lines))
    return folder


@pytest.mark.parametrize("files", [V2, V1], ids=["version 2", "version 1"])
def test_memory_of_all_processes_in_the_container_counts(files, tmp_path, monkeypatch):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    group = hierarchy(tmp_path, files)
    assert used_bytes(os.getpid(), group) == 300 * MEBIBYTE
    assert limit_bytes(group) == pytest.approx(0.9 * 512 * MEBIBYTE, abs=1)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {**V2, "memory.max": "max"},
        {**V1, "memory/memory.limit_in_bytes": 9223372036854771712},
        {"memory.max": 512 * MEBIBYTE},
    ],
    ids=["no group", "no limit in version 2", "no limit in version 1", "use unknown"],
)
def test_memory_of_the_child_counts_if_that_of_the_container_is_unknown(files, tmp_path, monkeypatch):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    monkeypatch.setattr(memory, "resident_bytes", lambda pid: 7 * pid)
    assert used_bytes(3, hierarchy(tmp_path, files)) == 21


def test_limit_of_the_engine_is_for_each_child_alone(tmp_path, monkeypatch):
    """The branches of the local engine share a container, and must not be killed for each other."""
    monkeypatch.setenv(MEMORY_VARIABLE, str(200 * MEBIBYTE))
    monkeypatch.setattr(memory, "resident_bytes", lambda pid: 7 * pid)
    group = hierarchy(tmp_path, V2)
    assert used_bytes(3, group) == 21
    assert limit_bytes(group) == 200 * MEBIBYTE


@pytest.mark.parametrize("mebibytes", [64, 256, 512, 4096, 65536])
def test_room_below_the_limit_is_in_proportion(mebibytes, tmp_path, monkeypatch):
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    group = hierarchy(tmp_path, {**V2, "memory.max": mebibytes * MEBIBYTE})
    assert limit_bytes(group) == pytest.approx(0.9 * mebibytes * MEBIBYTE, abs=1)


def test_child_is_stopped_when_the_rest_of_the_container_takes_its_memory(work, tmp_path, monkeypatch):
    """The child itself needs little; the launcher and the supervising process count, too."""
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    group = tmp_path / "group"
    group.mkdir()
    hierarchy(group, V2)
    monkeypatch.setattr(memory, "CGROUP", group)
    monkeypatch.setattr(limit_bytes, "__defaults__", (group,))
    monkeypatch.setattr(used_bytes, "__defaults__", (group,))
    monkeypatch.setattr(memory.container_limit, "__defaults__", (group,))
    note = tmp_path / "pid"

    def fill():
        wait_for(lambda: note.exists() and note.read_text())
        hierarchy(group, {"memory.current": 580 * MEBIBYTE})

    threading.Thread(target=fill, daemon=True).start()
    with pytest.raises(StageFailedError, match="more than 461 MiB") as caught:
        supervise(f"{work}:sleep", {"note": str(note)})
    assert caught.value.kind == "memory"
    wait_for(lambda: gone(int(note.read_text())))


@pytest.fixture
def two_groups(tmp_path, monkeypatch):
    """Start a warm process whose second group of modules takes very long to import."""
    (tmp_path / "slow_module.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    folder = tmp_path / "warm"
    folder.mkdir()
    process = start_warm(folder, [["json"], ["os", "slow_module"]])
    monkeypatch.setenv(WARM_VARIABLE, str(folder))
    yield process
    process.kill()
    process.wait()


def test_first_group_works_while_the_second_is_imported(two_groups):
    assert supervise("posix:getppid", {}, timeout=30) == two_groups.pid


def test_each_group_has_a_process_of_its_own(two_groups):
    """It ends with the first one, even while it imports."""
    children = Path(f"/proc/{two_groups.pid}/task/{two_groups.pid}/children")
    wait_for(lambda: children.read_text().split())
    second = int(children.read_text().split()[0])
    two_groups.kill()
    two_groups.wait()
    wait_for(lambda: gone(second))


def test_process_whose_parent_ended_before_it_asked_ends_at_once():
    """The kernel would never tell it."""
    code = "from podium_components.supervision._call import die_with_parent; die_with_parent(1); print('goes on')"
    assert os.getpid() != 1
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_large_requests_side_by_side_reach_their_children(work, monkeypatch):
    """A fork reads its request itself, while the warm process looks for requesters that are gone."""
    if WARM_VARIABLE in os.environ:
        monkeypatch.setattr("podium_components.supervision._children.FreshChild", None)
    with ThreadPoolExecutor(4) as pool:
        requests = [{"a": [number] * 100_000, "b": [number]} for number in range(8)]
        answers = list(pool.map(lambda one: supervise(f"{work}:add", one), requests))
    assert [(len(one), one[0]) for one in answers] == [(100_001, number) for number in range(8)]


def test_children_count_as_working(work, monkeypatch, tmp_path):
    """A stage that runs alone gets all cores; tasks that run beside it leave it its share."""
    (tmp_path / "working").mkdir()
    monkeypatch.setenv("PODIUM_WORKING", str(tmp_path / "working"))
    monkeypatch.setenv("PODIUM_THREADS", "1")
    assert supervise("podium_ml.run.concurrency:threads", {}) == cores()
    assert supervise("podium_ml.run.working:count", {}) == 1
