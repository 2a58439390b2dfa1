"""Vectors of sentences by a pretrained network, which onnxruntime computes."""

import copy
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from podium_ml.embeddings.tokenizing import WordPieces
from podium_ml.models.onnx_network import OnnxNetwork

# Maximum numbers of tokens, the first that can be encoded in time.
LENGTHS = (256, 128, 64, 32)
_TEXTS_AT_ONCE, _SAMPLE = 32, 48
_NO_LENGTH = 1e-9


class SentenceEncoder:
    """Encodes texts by the mean of the network's outputs over their tokens, or by that of the first one.

    Args:
        pieces: Splits texts.
        network: The network, in the format ONNX.
        first: Whether the first token stands for the text.
        most: Maximum number of tokens; longer texts are cut.
    """

    quick = False

    def __init__(
        self, pieces: WordPieces, network: bytes, *, first: bool = False, most: int = LENGTHS[0]
    ) -> None:
        self.pieces, self.network, self.first, self.most = pieces, OnnxNetwork(network), first, most
        self.width = int(self.encode(["a"]).shape[1])

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a network and its tokenizer from a folder of weights, and convert the network if it is not ONNX.

        Raises:
            SettingsError: The folder holds no network that can be used, or no tokenizer.
        """
        pieces = WordPieces.read(folder)
        found = sorted(folder.rglob("*.onnx"), key=lambda path: path.stat().st_size)
        if found:
            network = found[0].read_bytes()
        else:
            from podium_ml.embeddings.conversion import as_onnx

            network = as_onnx(folder)
        most = min(LENGTHS[0], longest_text(folder))
        return cls(pieces, network, first=_takes_first(folder), most=most)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, float32, of length 1, shape ``(n, width)``."""
        order = np.argsort([len(text) for text in texts], kind="stable")
        parts = [
            self._encode([texts[at] for at in order[start : start + _TEXTS_AT_ONCE]])
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
        ]
        if not parts:
            return np.zeros((0, self.width), dtype=np.float32)
        found = np.concatenate(parts)
        vectors = np.empty_like(found)
        vectors[order] = found
        return vectors

    def within(self, texts: Sequence[str], seconds: float) -> "SentenceEncoder | None":
        """Return an encoder that encodes texts in some seconds, because it cuts them; ``None`` if none can."""
        if np.isinf(seconds):
            return self
        few = [texts[at] for at in np.random.default_rng(0).permutation(len(texts))[:_SAMPLE]]
        for most in LENGTHS:
            shorter = copy.copy(self)
            shorter.most = min(most, self.most)
            began = time.perf_counter()
            shorter.encode(few)
            if (time.perf_counter() - began) * len(texts) / max(1, len(few)) <= seconds:
                return shorter
        return None

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        split = self.pieces.split(texts, self.most)
        longest = max(1, *(len(one.ids) for one in split))
        ids, kinds, mask = (np.zeros((len(texts), longest), dtype=np.int64) for _ in range(3))
        for row, one in enumerate(split):
            ids[row, : len(one.ids)], kinds[row, : len(one.ids)] = one.ids, one.type_ids
            mask[row, : len(one.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        found = np.asarray(self.network.outputs(inputs)[0], dtype=np.float32)
        if found.ndim == 3:
            found = found[:, 0] if self.first else (found * mask[:, :, None]).sum(axis=1)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), _NO_LENGTH)


def longest_text(folder: Path) -> int:
    """Return the most tokens that a network was made for; those of RoBERTa's kind count two positions more."""
    config = _settings(folder / "config.json")
    most = config.get("max_position_embeddings")
    if not isinstance(most, int):
        return LENGTHS[0]
    return most - 2 if "roberta" in str(config.get("model_type")) else most


def _takes_first(folder: Path) -> bool:
    """Whether the settings of sentence-transformers say that the first token stands for the text."""
    return bool(_settings(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))


def _settings(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
