"""Which encoder some weights are."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from podium_ml.confinement.extras import install
from podium_ml.errors import SettingsError

if TYPE_CHECKING:
    from podium_ml.embeddings.static import StaticEncoder


class TextEncoder(Protocol):
    """Turns texts into vectors; picklable.

    Attributes:
        width: Numbers of a vector.
        quick: Whether it takes less time than all else that is done with a text.
    """

    width: int
    quick: bool

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts, float32, shape ``(n, width)``."""
        ...

    def within(self, texts: Sequence[str], seconds: float) -> "TextEncoder | None":
        """Return an encoder that encodes some texts in some seconds, or ``None`` if there is none."""
        ...


def read_text_encoder(folder: Path) -> TextEncoder:
    """Read an encoder from a folder of weights.

    Args:
        folder: Static vectors (one table in safetensors), an ONNX network, or a model with a ``config.json``; and the
            tokenizer.

    Raises:
        SettingsError: It holds none of these, or no tokenizer; or a package is not installed.
    """
    try:
        if _is_network(folder):
            from podium_ml.embeddings.sentences import SentenceEncoder

            return SentenceEncoder.read(folder)
        from podium_ml.embeddings.static import StaticEncoder

        return StaticEncoder.read(folder)
    except ModuleNotFoundError as error:
        raise SettingsError(f"encoder: {error.name} is not installed.", install("text")) from None


def read_static(folder: Path) -> "StaticEncoder | None":
    """Return the static vectors of a folder of weights; ``None`` if it holds a network, which reads whole texts."""
    from podium_ml.embeddings.static import StaticEncoder

    return None if _is_network(folder) else StaticEncoder.read(folder)


def _is_network(folder: Path) -> bool:
    return bool(list(folder.rglob("*.onnx"))) or is_transformer(folder)


def is_transformer(folder: Path) -> bool:
    """Whether weights are a model of the library ``transformers`` that can be trained further."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(config, dict) and isinstance(config.get("model_type"), str) and "hidden_size" in config
