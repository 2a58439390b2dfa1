"""Looks up which tags tokens had in the training texts."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Cost
from podium_ml.contracts import Problem
from podium_ml.entities.algorithms._batches import predict_in_batches, texts_of
from podium_ml.entities.algorithms._token_features import shape
from podium_ml.entities.features import TokenizedText
from podium_ml.entities.tag_space import n_tags

# Counts of all tokens of the same looks weigh like so many occurrences of a token.
_PRIOR = 0.5


@dataclass
class Lookup:
    """Shares of the tags of each token.

    Attributes:
        words: Counts of tags by token in lower case.
        shapes: Counts of tags by the looks of tokens.
        usual: Shares of tags of all tokens.
        longest: Number of tokens that predictions have at least.
    """

    words: dict[str, np.ndarray]
    shapes: dict[str, np.ndarray]
    usual: np.ndarray
    longest: int

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Return shares of tags, float32, shape ``(n, T, K)``."""
        return predict_in_batches(texts_of(encoded), self._shares, longest=self.longest, tags=len(self.usual))

    def _shares(self, texts: list[TokenizedText]) -> np.ndarray:
        length = max(len(one.tokens) for one in texts)
        raw = np.zeros((len(texts), length, len(self.usual)))
        for at, text in enumerate(texts):
            for place, word in enumerate(text.words):
                looks = self.shapes.get(shape(word), self.usual)
                counts = self.words.get(word.lower(), 0.0) + _PRIOR * looks / looks.sum()
                raw[at, place] = counts / counts.sum()
        return raw


class LookupLearner:
    """Counts tags.

    Args:
        problem: Tells the types and the number of tokens.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def fit(self, encoded: np.ndarray, y: np.ndarray) -> Lookup:
        """Return the counts.

        Args:
            encoded: Texts, shape ``(n, 1)``.
            y: Tags, shape ``(n, T)``.
        """
        assert self._problem.texts is not None
        tags = n_tags(len(self._problem.classes))
        words: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(tags))
        shapes: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(tags))
        for text, own in zip(texts_of(encoded), y, strict=True):
            for word, tag in zip(text.words, own.tolist(), strict=False):
                if 0 <= tag < tags:
                    words[word.lower()][tag] += 1
                    shapes[shape(word)][tag] += 1
        usual = np.bincount(y[(y >= 0) & (y < tags)], minlength=tags).astype(np.float64) + 1e-6
        return Lookup(dict(words), dict(shapes), usual / usual.sum(), self._problem.texts.longest)


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build the estimator."""
    return LookupLearner(problem)


SPEC = AlgorithmSpec(
    name="baseline",
    title="Baseline",
    tasks=frozenset({"entities"}),
    build=build,
    cost=Cost(0.02, rows=1.0, columns=0.0, classes=0.0),
    weighted=False,
    description="Looks up the tags that tokens had in training.",
)
