"""An algorithm that raises an exception."""

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Raise an exception."""
    raise ValueError("this algorithm always fails")


SPEC = AlgorithmSpec("raises", "Raises", frozenset({"binary", "multiclass", "regression"}), build)
