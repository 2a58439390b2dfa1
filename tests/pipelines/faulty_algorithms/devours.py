"""An algorithm that takes all memory that it can get."""

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Allocate without end."""
    blocks = []
    while True:
        blocks.append(bytearray(64 * 2**20))


SPEC = AlgorithmSpec("devours", "Devours", frozenset({"binary", "multiclass", "regression"}), build)
