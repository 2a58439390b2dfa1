"""An algorithm that trains well and is killed when it is refitted on all rows."""

import os
import signal

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Build a small tree, or kill the process if the problem has no test rows."""
    from sklearn.tree import DecisionTreeClassifier

    if not problem.n_test:
        os.kill(os.getpid(), signal.SIGKILL)
    return DecisionTreeClassifier(max_depth=3, random_state=seed)


SPEC = AlgorithmSpec("dies_refitted", "Dies refitted", frozenset({"binary"}), build)
