"""A linear-chain model: scores of features and of transitions between states, as plain arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from podium_ml.entities.algorithms._batches import predict_in_batches, texts_of
from podium_ml.entities.algorithms._known_names import KnownNames, Meaning, Name
from podium_ml.entities.algorithms._token_features import features_of
from podium_ml.entities.features import TokenizedText

_LOWEST = -40.0


def features_with(
    known: KnownNames | None, text: TokenizedText, instead: Mapping[Name, Meaning | None] | None = None
) -> list[tuple[str, ...]]:
    """Return the names of the features of each token of a text, those of known names included.

    Args:
        known: The names, or ``None``.
        text: The text.
        instead: Other meanings of some names.
    """
    plain = features_of(text)
    if known is None:
        return list(plain)
    return [
        (*own, *more) for own, more in zip(plain, known.features(text, instead=instead or {}), strict=True)
    ]


@dataclass
class LinearChain:
    """Predicts probabilities of tags by the forward-backward algorithm (Lafferty, McCallum and Pereira 2001).

    Attributes:
        names: Row of each feature in ``weights``.
        weights: Scores of features for states, shape ``(F, S)``.
        transitions: Scores of pairs of states that follow each other, shape ``(S, S)``.
        longest: Number of tokens that predictions have at least.
        states: The tag of each state, shape ``(S,)``; ``None`` if states are tags.
        tags: Number of tags; 0 if states are tags.
        known: Names that training texts have as spans, or ``None``.
    """

    names: dict[str, int]
    weights: csr_matrix
    transitions: np.ndarray
    longest: int
    states: np.ndarray | None = None
    tags: int = 0
    known: KnownNames | None = None

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Return probabilities of tags, float32, shape ``(n, T, K)``."""
        tags = self.tags or len(self.transitions)
        return predict_in_batches(texts_of(encoded), self._probabilities, longest=self.longest, tags=tags)

    def _probabilities(self, texts: list[TokenizedText]) -> np.ndarray:
        found = self._marginals(texts)
        if self.states is None:
            return found
        of_tags = np.zeros((len(self.states), self.tags))
        of_tags[np.arange(len(self.states)), self.states] = 1.0
        return found @ of_tags

    def _marginals(self, texts: list[TokenizedText]) -> np.ndarray:
        scores, there = self._scores(texts)
        length = scores.shape[1]
        peak = scores.max(axis=2, keepdims=True)
        emitted, moves = np.exp(np.maximum(scores - peak, _LOWEST)), np.exp(self.transitions)
        forward = np.empty_like(emitted)
        forward[:, 0] = emitted[:, 0]
        for at in range(length):
            if at:
                forward[:, at] = (forward[:, at - 1] @ moves) * emitted[:, at]
            forward[:, at] /= forward[:, at].sum(axis=1, keepdims=True)
        backward = np.ones_like(emitted)
        for at in range(length - 2, -1, -1):
            ahead = (emitted[:, at + 1] * backward[:, at + 1]) @ moves.T
            ahead /= ahead.sum(axis=1, keepdims=True)
            # Behind the last token of a text there is nothing to learn from.
            backward[:, at] = np.where(there[:, at + 1, None], ahead, 1.0)
        both = forward * backward
        return both / both.sum(axis=2, keepdims=True)

    def _scores(self, texts: list[TokenizedText]) -> tuple[np.ndarray, np.ndarray]:
        length = max(len(one.tokens) for one in texts)
        there = np.zeros((len(texts), length), dtype=bool)
        columns: list[int] = []
        ends = [0]
        for at, text in enumerate(texts):
            for features in features_with(self.known, text):
                columns.extend(self.names[name] for name in features if name in self.names)
                ends.append(len(columns))
            there[at, : len(text.tokens)] = True
        rows = csr_matrix(
            (np.ones(len(columns)), np.array(columns, dtype=np.int64), np.array(ends)),
            shape=(len(ends) - 1, self.weights.shape[0]),
        )
        scores = np.zeros((len(texts), length, self.transitions.shape[0]))
        scores[there] = (rows @ self.weights).toarray()
        return scores, there
