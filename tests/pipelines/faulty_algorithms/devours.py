"""An algorithm that allocates memory without end."""

from podium_ml.algorithms import AlgorithmSpec


def build(problem, *, seed, n_jobs):
    """Allocate memory until the process is killed."""
    blocks = []
    while True:
        blocks.append(bytearray(64 * 2**20))


SPEC = AlgorithmSpec("devours", "Devours", frozenset({"binary", "multiclass", "regression"}), build)
