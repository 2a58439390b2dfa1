"""How much goes on at once: branches of a run, threads of a task. Imports the standard library only."""

import os

# How many branches run at once; only the local engine knows, and tells.
SLOTS_VARIABLE = "PODIUM_SLOTS"
THREADS_VARIABLE = "PODIUM_THREADS"
# What native libraries read once, when they are loaded. What they find out by themselves are all cores of the machine,
# of which a pod or a branch has a part: many threads on few cores spend their time waiting for each other.
_NATIVE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def cores() -> int:
    """Return how many cores of the machine this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """Return how many threads one task may use: what its surroundings say, or one."""
    return int(os.environ.get(THREADS_VARIABLE, "1"))


def thread_variables(count: int) -> dict[str, str]:
    """Return the environment of a process that is to use so many threads.

    >>> thread_variables(2)["OMP_NUM_THREADS"]
    '2'
    """
    return dict.fromkeys((THREADS_VARIABLE, *_NATIVE), str(count))
