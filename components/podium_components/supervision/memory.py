"""The memory that a process uses and may use. Imports the standard library only."""

import os
import subprocess
from pathlib import Path

MEMORY_VARIABLE = "PODIUM_MEMORY"
# The child is killed at this share of the container's limit, before the kernel kills it.
_SHARE = 0.95
_CGROUP_FILES = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants, in bytes; 0 if the process is gone."""
    return sum(_resident(one) for one in [pid, *_descendants(pid)])


def limit_bytes() -> int:
    """Return the bytes that the child may use: the engine's or the container's limit, whichever is less; 0 for none."""
    limits = [int(os.environ.get(MEMORY_VARIABLE, "0")), int(_container_limit() * _SHARE)]
    return min((limit for limit in limits if limit > 0), default=0)


def _container_limit() -> int:
    """Return the memory limit of the cgroup, version 2 or 1, in bytes; 0 for none."""
    for limit_file in _CGROUP_FILES:
        text = _read(limit_file).strip()
        if text.isdigit() and int(text) < 1 << 60:
            return int(text)
    return 0


def _resident(pid: int) -> int:
    statm = _read(f"/proc/{pid}/statm").split()
    if len(statm) > 2:
        # File-backed pages do not count, because the kernel can drop mapped libraries at any time.
        return (int(statm[1]) - int(statm[2])) * os.sysconf("SC_PAGE_SIZE")
    if Path("/proc/self/statm").exists():
        return 0
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return int(shown.stdout.strip() or 0) * 1024


def _descendants(pid: int) -> list[int]:
    children = [int(one) for one in _read(f"/proc/{pid}/task/{pid}/children").split()]
    return [one for child in children for one in [child, *_descendants(child)]]


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
