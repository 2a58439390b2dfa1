"""What the algorithms share that are networks of words."""

from typing import Any

from podium_ml.algorithms import objective_of
from podium_ml.contracts import Problem


def make_network(
    problem: Problem, *, seed: int, n_jobs: int, depth: int, label_smoothing: float, **more: Any
) -> Any:
    """Return an unfitted network: of a bag of words if the depth is 0, else of convolutions."""
    from podium_ml.tabular.algorithms._word_estimator import WordClassifier, WordLabeller, WordRegressor

    parameters = {**more, "depth": depth, "seed": seed, "n_jobs": n_jobs}
    if problem.task == "multilabel":
        return WordLabeller(label_smoothing=label_smoothing, **parameters)
    if problem.is_classification:
        return WordClassifier(label_smoothing=label_smoothing, **parameters)
    return WordRegressor(level=objective_of(problem).level, **parameters)
