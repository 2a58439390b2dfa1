"""The memory that supervised work uses and may use. Imports the standard library only."""

import os
import subprocess
from pathlib import Path

from podium_ml.run.concurrency import SLOTS_VARIABLE, memory_share
from podium_ml.run.containers import CGROUP, container_limit

# The child is killed at this share of the container's limit. The rest is for what it may allocate between two looks,
# because the kernel would kill the whole container.
_SHARE = 0.9
# Files of a control group of version 2 and of version 1: the use, and details of the use.
_FILES = (("memory.current", "memory.stat"), ("memory/memory.usage_in_bytes", "memory/memory.stat"))
# Pages of files, which the kernel drops before it kills anything. Version 1 counts subordinate groups as ``total_``.
_DROPPABLE = ("inactive_file", "active_file")


def used_bytes(pid: int, cgroup: Path = CGROUP) -> int:
    """Return the bytes that count against ``limit_bytes``.

    In a container with a limit, these are the bytes of all its processes, because the kernel counts them together. If
    there is no limit, or the engine has set one for each child, they are those of the child and its descendants.

    Args:
        pid: The child's process.
        cgroup: Folder of the container's control group.
    """
    if container_limit(cgroup) and not memory_share() and (used := _container_use(cgroup)):
        return used
    return resident_bytes(pid)


def limit_bytes(cgroup: Path = CGROUP, *, alone: bool = False) -> int:
    """Return the bytes that may be used: the engine's or the container's limit, whichever is less; 0 for none.

    Args:
        cgroup: Folder of the container's control group, version 2 or 1.
        alone: Whether no other child works at the same time, so that the shares of all are free.
    """
    shares = int(os.environ.get(SLOTS_VARIABLE, "1")) if alone else 1
    limits = [shares * memory_share(), int(container_limit(cgroup) * _SHARE)]
    return min((limit for limit in limits if limit > 0), default=0)


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants, in bytes; 0 if the process is gone."""
    return sum(_resident(one) for one in [pid, *_descendants(pid)])


def _container_use(cgroup: Path) -> int:
    """Return the bytes that the kernel cannot take from the container; 0 if they are unknown."""
    for use_file, stat_file in _FILES:
        text = _read(cgroup / use_file).strip()
        if text.isdigit():
            return max(1, int(text) - _droppable(_read(cgroup / stat_file)))
    return 0


def _droppable(stat: str) -> int:
    """Return the bytes of droppable pages in a ``memory.stat``."""
    words = (line.split() for line in stat.splitlines())
    counts = {words[0]: int(words[1]) for words in words if len(words) == 2}
    return sum(counts.get(f"total_{name}", counts.get(name, 0)) for name in _DROPPABLE)


def _resident(pid: int) -> int:
    statm = _read(Path(f"/proc/{pid}/statm")).split()
    if len(statm) > 2:
        # File-backed pages do not count, because the kernel can drop mapped libraries at any time.
        return (int(statm[1]) - int(statm[2])) * os.sysconf("SC_PAGE_SIZE")
    if Path("/proc/self/statm").exists():
        return 0
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return int(shown.stdout.strip() or 0) * 1024


def _descendants(pid: int) -> list[int]:
    children = [int(one) for one in _read(Path(f"/proc/{pid}/task/{pid}/children")).split()]
    return [one for child in children for one in [child, *_descendants(child)]]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
