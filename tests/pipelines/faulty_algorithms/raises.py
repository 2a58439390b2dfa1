"""An algorithm whose fit raises."""

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Fail at once."""
    raise ValueError("this algorithm always fails")


SPEC = AlgorithmSpec("raises", "Raises", frozenset({"binary", "multiclass", "regression"}), build)
