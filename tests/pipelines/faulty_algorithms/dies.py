"""An algorithm that is killed with signal 9."""

import os
import signal

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Kill the process."""
    os.kill(os.getpid(), signal.SIGKILL)


SPEC = AlgorithmSpec("dies", "Dies", frozenset({"binary", "multiclass", "regression"}), build)
