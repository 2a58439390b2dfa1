"""A pretrained network that was trained to tag tokens, which onnxruntime computes."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.entities.algorithms._batches import batches, predict_in_batches, texts_of
from podium_ml.entities.algorithms._word_pieces import padded, windows
from podium_ml.entities.features import TokenizedText
from podium_ml.models.onnx_network import OnnxNetwork

INPUTS = ["input_ids", "attention_mask"]
_PIECES_AT_ONCE = 4_096


@dataclass
class TransformerTagger:
    """Predicts probabilities of tags.

    Attributes:
        pieces: Splits texts into word pieces.
        network: Scores of tags for each piece.
        most: Maximum number of pieces that the network reads at once.
        tags: Number of tags.
        longest: Number of tokens that predictions have at least.
    """

    pieces: WordPieces
    network: OnnxNetwork
    most: int
    tags: int
    longest: int

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Return probabilities of tags, float32, shape ``(n, T, K)``."""
        return predict_in_batches(
            texts_of(encoded), self._probabilities, longest=self.longest, tags=self.tags
        )

    def _probabilities(self, texts: list[TokenizedText]) -> np.ndarray:
        raw = np.zeros((len(texts), max(len(one.tokens) for one in texts), self.tags))
        cut = windows(self.pieces, texts, self.most)
        for rows in batches(np.array([len(one.ids) for one in cut]), most=_PIECES_AT_ONCE):
            chosen = [cut[at] for at in rows]
            logits = self.network.outputs(dict(zip(INPUTS, padded(chosen), strict=True)))[0]
            for one, found in zip(chosen, softmax(logits, axis=2), strict=True):
                raw[one.text, one.first : one.first + len(one.places)] = _of_tokens(found, one.places)
        return raw


def _of_tokens(found: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return probabilities of tokens from those of pieces. A token that shares a piece goes on with the one before."""
    of_tokens = found[places]
    shared = 1 + np.flatnonzero(places[1:] == places[:-1])
    of_tokens[shared, 2::2] += of_tokens[shared, 1::2]
    of_tokens[shared, 1::2] = 0.0
    return of_tokens
