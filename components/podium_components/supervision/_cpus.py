"""The number of CPUs of a container."""

from pathlib import Path

from podium_ml.run.concurrency import cores
from podium_ml.run.containers import CGROUP

# A pod without a limit may use idle CPUs of its node, but cannot count on all of them.
_MOST_WITHOUT_LIMIT = 4


def cpus(cgroup: Path = CGROUP) -> int:
    """Return the number of CPUs that the container may use, rounded up.

    Without a limit, this is the number of CPUs of the machine, but at most four.

    Args:
        cgroup: Folder of the container's control group, version 2 or 1.
    """
    quota, period = _quota(cgroup)
    return min(cores(), -(-quota // period) if quota > 0 else _MOST_WITHOUT_LIMIT)


def _quota(cgroup: Path) -> tuple[int, int]:
    """Return the CPU time and the period, both in microseconds. Without a limit, the CPU time is not positive."""
    words = _words(cgroup / "cpu.max")
    if not words:
        words = _words(cgroup / "cpu/cpu.cfs_quota_us") + _words(cgroup / "cpu/cpu.cfs_period_us")
    if len(words) == 2 and words[0] != "max":
        return int(words[0]), int(words[1])
    return 0, 1


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
