"""An algorithm that never comes back."""

import time

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Sleep far beyond every limit."""
    time.sleep(3600)


SPEC = AlgorithmSpec("hangs", "Hangs", frozenset({"binary", "multiclass", "regression"}), build)
