"""How many CPUs a container has."""

from pathlib import Path

from podium_ml.run.concurrency import cores

_CGROUP = Path("/sys/fs/cgroup")
# A pod that asked for no limit may take what is idle on its node, but not count on all of it.
_MOST_WITHOUT_LIMIT = 4


def cpus(cgroup: Path = _CGROUP) -> int:
    """Return the CPUs of the container, rounded up: of its limit, or of the machine, but few if it has none.

    Args:
        cgroup: Folder of its control group, version 2 or 1.
    """
    quota, period = _quota(cgroup)
    return min(cores(), -(-quota // period) if quota > 0 else _MOST_WITHOUT_LIMIT)


def _quota(cgroup: Path) -> tuple[int, int]:
    """Return CPU time per period, both in microseconds; the first is not positive where there is no limit."""
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
