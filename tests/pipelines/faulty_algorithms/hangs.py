"""An algorithm that never comes back."""

import signal
import time

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Sleep far beyond every limit, deaf to alarms, as compiled code is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(3600)


SPEC = AlgorithmSpec("hangs", "Hangs", frozenset({"binary", "multiclass", "regression"}), build)
