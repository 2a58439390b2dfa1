"""A trained token network as arrays alone, so that predictions need no PyTorch."""

from dataclasses import dataclass

import numpy as np

from podium_ml.entities.algorithms._batches import predict_in_batches, texts_of
from podium_ml.entities.algorithms._token_codes import Codes, Vocabulary
from podium_ml.entities.features import TokenizedText

_SMALL = 1e-5


@dataclass
class PlainTokenNetwork:
    """Predicts probabilities of tags.

    Attributes:
        vocabulary: Codes of words, shapes and letters.
        weights: Arrays by name of the network's parameter; see ``TokenNetwork``.
        dilations: Distance of the tokens that each block looks at.
        longest: Number of tokens that predictions have at least.
    """

    vocabulary: Vocabulary
    weights: dict[str, np.ndarray]
    dilations: tuple[int, ...]
    longest: int

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Return probabilities of tags, float32, shape ``(n, T, K)``."""
        tags = self.weights["output.bias"].shape[0]
        return predict_in_batches(texts_of(encoded), self._probabilities, longest=self.longest, tags=tags)

    def _probabilities(self, texts: list[TokenizedText]) -> np.ndarray:
        scores = self.scores(self.vocabulary.encode(texts))
        scores -= scores.max(axis=2, keepdims=True)
        odds = np.exp(scores)
        return odds / odds.sum(axis=2, keepdims=True)

    def scores(self, codes: Codes) -> np.ndarray:
        """Return logits, shape ``(b, t, K)``."""
        there = codes.there[:, :, None].astype(np.float32)
        known = self.weights
        parts = [
            known["words.weight"][codes.words],
            known["looks.weight"][codes.looks],
            known["gaps.weight"][codes.gaps],
            self._letters(codes.letters),
        ]
        if "known.weight" in known:
            parts.append(known["known.weight"][codes.known])
        if "vectors.weight" in known:
            parts.append(self._linear("vectors", codes.vectors))
        hidden = np.maximum(self._linear("input", np.concatenate(parts, axis=2)), 0.0) * there
        for at, dilation in enumerate(self.dilations):
            change = self._convolved(f"blocks.{at}.convolution", hidden, dilation)
            hidden = self._normalized(f"blocks.{at}.norm", hidden + np.maximum(change, 0.0)) * there
        return self._linear("output", hidden)

    def _letters(self, letters: np.ndarray) -> np.ndarray:
        flat, place = np.unique(letters.reshape(-1, letters.shape[2]), axis=0, return_inverse=True)
        embedded = self.weights["letters.weight"][flat]
        found = np.maximum(self._convolved("spelling", embedded, 1), 0.0).max(axis=1)
        return found[place.reshape(letters.shape[:2])]

    def _linear(self, name: str, values: np.ndarray) -> np.ndarray:
        return values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _convolved(self, name: str, values: np.ndarray, dilation: int) -> np.ndarray:
        kernel = self.weights[f"{name}.weight"]  # (out, in, 3)
        length = values.shape[1]
        total = values @ kernel[:, :, 1].T + self.weights[f"{name}.bias"]
        if length > dilation:
            total[:, dilation:] += values[:, :-dilation] @ kernel[:, :, 0].T
            total[:, :-dilation] += values[:, dilation:] @ kernel[:, :, 2].T
        return total

    def _normalized(self, name: str, values: np.ndarray) -> np.ndarray:
        centred = values - values.mean(axis=2, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=2, keepdims=True) + _SMALL)
        return centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
