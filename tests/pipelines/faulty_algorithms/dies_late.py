"""An algorithm that is killed after its first trial was saved."""

import os
import signal

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs, fatal=False):
    """Build a dummy, or kill the process."""
    from sklearn.dummy import DummyClassifier

    if fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return DummyClassifier(strategy="prior")


SPEC = AlgorithmSpec("dies_late", "Dies late", frozenset({"binary"}), build, portfolio=({}, {"fatal": True}))
