"""The memory limit of the container that this process runs in. Imports the standard library only."""

from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
# Files of a control group of version 2 and of version 1.
_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
# Version 1 shows a number of about this size if there is no limit.
_NO_LIMIT = 1 << 60


def container_limit(cgroup: Path = CGROUP) -> int:
    """Return the memory limit of the container in bytes; 0 for none.

    Args:
        cgroup: Folder of the container's control group, version 2 or 1.
    """
    for name in _LIMITS:
        try:
            text = (cgroup / name).read_text().strip()
        except OSError:
            continue
        if text.isdigit() and int(text) < _NO_LIMIT:
            return int(text)
    return 0
