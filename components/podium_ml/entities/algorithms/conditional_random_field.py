"""A conditional random field (CRFsuite) on the looks of tokens and their neighbours."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.entities.algorithms._batches import texts_of
from podium_ml.entities.algorithms._linear_chain import LinearChain
from podium_ml.entities.algorithms._token_features import features_of
from podium_ml.entities.tag_space import n_tags
from podium_ml.errors import TrainingError


class ConditionalRandomField:
    """Learns with CRFsuite, and predicts from arrays alone.

    Args:
        problem: Tells the types and the number of tokens.
        c1: Strength of the L1 penalty.
        c2: Strength of the L2 penalty.
        iterations: Greatest number of iterations of L-BFGS.
    """

    def __init__(self, problem: Problem, *, c1: float, c2: float, iterations: int) -> None:
        self._problem, self._c1, self._c2, self._iterations = problem, c1, c2, iterations

    def fit(self, encoded: np.ndarray, y: np.ndarray) -> LinearChain:
        """Return the fitted model.

        Args:
            encoded: Texts, shape ``(n, 1)``.
            y: Tags, shape ``(n, T)``.
        """
        import pycrfsuite

        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {
                "c1": self._c1,
                "c2": self._c2,
                "max_iterations": self._iterations,
                "feature.possible_transitions": True,
            }
        )
        for text, tags in zip(texts_of(encoded), y, strict=True):
            if features := features_of(text)[: len(tags)]:
                trainer.append(features, [str(one) for one in tags[: len(features)]])
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            path = str(Path(folder, "crf"))
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            info = tagger.info()
            tagger.close()
        return self._plain(info)

    def _plain(self, info: Any) -> LinearChain:
        from scipy.sparse import csr_matrix

        assert self._problem.texts is not None
        tags = n_tags(len(self._problem.classes))
        names: dict[str, int] = {}
        places, values = [], []
        for (feature, tag), weight in info.state_features.items():
            places.append((names.setdefault(feature, len(names)), int(tag)))
            values.append(weight)
        if not names:
            raise TrainingError("The penalty leaves no feature.")
        moves = np.zeros((tags, tags))
        for (before, after), weight in info.transitions.items():
            moves[int(before), int(after)] = weight
        rows, columns = np.array(places).T
        weights = csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=(len(names), tags))
        return LinearChain(names, weights, moves, self._problem.texts.longest)


def build(
    problem: Problem, *, seed: int, n_jobs: int, c1: float = 0.05, c2: float = 0.02, iterations: int = 80
) -> ConditionalRandomField:
    """Build the estimator."""
    return ConditionalRandomField(problem, c1=c1, c2=c2, iterations=iterations)


SPEC = AlgorithmSpec(
    name="conditional_random_field",
    title="Conditional random field",
    tasks=frozenset({"entities"}),
    build=build,
    search_space={
        "c1": Float(0.001, 1.0, log=True),
        "c2": Float(0.001, 1.0, log=True),
        "iterations": Int(50, 200, log=True),
    },
    portfolio=[{}, {"c1": 0.2, "c2": 0.005, "iterations": 120}, {"c1": 0.005, "c2": 0.1, "iterations": 120}],
    trials=12,
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.5,
    cost=Cost(1.5, flat=0.1, rows=1.0, columns=0.0, classes=0.7, start=0.2),
    usefulness=8,
    weighted=False,
    requires=("pycrfsuite",),
    description="Scores tags by the looks of tokens and their neighbours, and pairs of tags that follow each other.",
)
