"""An algorithm that never returns."""

import signal
import time

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Sleep far beyond every time limit with alarms blocked, as if in compiled code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(3600)


SPEC = AlgorithmSpec("hangs", "Hangs", frozenset({"binary", "multiclass", "regression"}), build)
