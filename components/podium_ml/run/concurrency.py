"""The parallel branches of a run, and the threads and memory of a task. Imports the standard library only at first."""

import os

from podium_ml.run import working

# Number of branches that run at the same time. Only the local engine knows it and sets this variable.
SLOTS_VARIABLE = "PODIUM_SLOTS"
THREADS_VARIABLE = "PODIUM_THREADS"
# The bytes that each child may use beside others, set by the engine if several children share a machine.
MEMORY_VARIABLE = "PODIUM_MEMORY"
# Native libraries read these variables once, when they are loaded. Without them they use all cores of the machine. A
# pod or a branch has only some of these cores, and many threads on few cores spend their time waiting for each other.
_NATIVE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def cores() -> int:
    """Return the number of cores of the machine that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_share() -> int:
    """Return the number of threads of a task while all others run, from the environment; one by default."""
    return int(os.environ.get(THREADS_VARIABLE, "1"))


def memory_share() -> int:
    """Return the bytes that a task may use while all others run, from the environment; 0 if no engine shares them."""
    return int(os.environ.get(MEMORY_VARIABLE, "0"))


def threads() -> int:
    """Return the number of threads that this task may use now: its share, or more while fewer tasks run than could.

    Only the local engine knows how many tasks run. Ask again before each longer piece of work.
    """
    running = working.count()
    return max(thread_share(), cores() // running) if running else thread_share()


def thread_variables(count: int) -> dict[str, str]:
    """Return the environment variables that limit a process to this number of threads.

    >>> thread_variables(2)["OMP_NUM_THREADS"]
    '2'
    """
    return dict.fromkeys((THREADS_VARIABLE, *_NATIVE), str(count))


def use_threads(count: int) -> None:
    """Let the native libraries of this process use this number of threads, whatever they read when they were loaded."""
    global _used
    if count == (_used or thread_share()):
        return
    from threadpoolctl import ThreadpoolController

    # Not kept, because the process may load further libraries.
    ThreadpoolController().limit(limits=count)
    _used = count


# The last number of threads that this process asked for; 0 before.
_used = 0
