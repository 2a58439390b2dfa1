"""A conditional random field (CRFsuite) on the looks of tokens and their neighbours."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.entities.algorithms._batches import texts_of
from podium_ml.entities.algorithms._known_names import KnownNames, learn_names
from podium_ml.entities.algorithms._linear_chain import LinearChain, features_with
from podium_ml.entities.tag_space import n_tags
from podium_ml.errors import TrainingError


class ConditionalRandomField:
    """Learns with CRFsuite, and predicts from arrays alone.

    Args:
        problem: Tells the types and the number of tokens.
        c1: Strength of the L1 penalty.
        c2: Strength of the L2 penalty.
        iterations: Greatest number of iterations of L-BFGS.
        fewest: Rarer features are left out.
        ends: Whether the last token of a span has a tag of its own, as in BIOES.
    """

    def __init__(
        self, problem: Problem, *, c1: float, c2: float, iterations: int, fewest: int, ends: bool
    ) -> None:
        self._problem, self._ends = problem, ends
        self._parameters = {
            "c1": c1,
            "c2": c2,
            "max_iterations": iterations,
            "feature.minfreq": fewest,
            "feature.possible_transitions": True,
        }

    def fit(self, encoded: np.ndarray, y: np.ndarray) -> LinearChain:
        """Return the fitted model.

        Args:
            encoded: Texts, shape ``(n, 1)``.
            y: Tags, shape ``(n, T)``.
        """
        import pycrfsuite

        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(self._parameters)
        texts = texts_of(encoded)
        known, instead = learn_names(texts, y)
        for text, states, own in zip(texts, self._states(y), instead, strict=True):
            if features := features_with(known, text, own)[: len(states)]:
                trainer.append(features, [str(one) for one in states[: len(features)]])
        with tempfile.TemporaryDirectory(prefix="podium-") as folder:
            path = str(Path(folder, "crf"))
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open(path)
            info = tagger.info()
            tagger.close()
        return self._plain(info, known)

    def _states(self, y: np.ndarray) -> np.ndarray:
        """Return what is learned in place of tags: those of last tokens are greater by the number of tags."""
        if not self._ends:
            return y
        ahead = np.concatenate([y[:, 1:], np.zeros((len(y), 1), dtype=y.dtype)], axis=1)
        inside = np.where(y % 2 == 1, y + 1, y)
        return np.where((y > 0) & (ahead != inside), y + n_tags(len(self._problem.classes)), y)

    def _plain(self, info: Any, known: KnownNames) -> LinearChain:
        from scipy.sparse import csr_matrix

        assert self._problem.texts is not None
        tags = n_tags(len(self._problem.classes))
        states = sorted(map(int, info.labels))
        code = {str(state): at for at, state in enumerate(states)}
        names: dict[str, int] = {}
        places, values = [], []
        for (feature, state), weight in info.state_features.items():
            places.append((names.setdefault(feature, len(names)), code[state]))
            values.append(weight)
        if not names:
            raise TrainingError("The penalty leaves no feature.")
        moves = np.zeros((len(states), len(states)))
        for (before, after), weight in info.transitions.items():
            moves[code[before], code[after]] = weight
        rows, columns = np.array(places).T
        shape = (len(names), len(states))
        weights = csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=shape)
        return LinearChain(
            names, weights, moves, self._problem.texts.longest, np.array(states) % tags, tags, known
        )


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    c1: float = 0.02,
    c2: float = 0.05,
    iterations: int = 80,
    fewest: int = 1,
    ends: bool = True,
) -> ConditionalRandomField:
    """Build the estimator."""
    return ConditionalRandomField(problem, c1=c1, c2=c2, iterations=iterations, fewest=fewest, ends=ends)


SPEC = AlgorithmSpec(
    name="conditional_random_field",
    title="Conditional random field",
    tasks=frozenset({"entities"}),
    build=build,
    search_space={
        "c1": Float(0.001, 1.0, log=True),
        "c2": Float(0.001, 1.0, log=True),
        "iterations": Int(50, 200, log=True),
        "ends": Categorical((True, False)),
    },
    portfolio=[{}, {"c1": 0.2, "c2": 0.005, "iterations": 120}, {"c1": 0.005, "c2": 0.1, "iterations": 120}],
    trials=12,
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.5,
    cost=Cost(1.5, flat=0.1, rows=1.0, columns=0.0, classes=0.7, start=0.2),
    usefulness=8,
    weighted=False,
    requires=("pycrfsuite",),
    predicts_with=(),
    description="Scores tags by the looks of tokens and their neighbours, and pairs of tags that follow each other.",
)
