"""Word pieces of texts, as a pretrained model was trained on them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from podium_ml.errors import SettingsError

# Longer texts are cut before they are split, at so many characters for each token that is wanted.
_CHARACTERS_PER_TOKEN = 12


class WordPieces:
    """Splits texts into the numbers of word pieces.

    Args:
        content: A tokenizer in the format of the library ``tokenizers``, as JSON.
    """

    def __init__(self, content: str) -> None:
        self.content = content
        self._tokenizers: dict[int, Any] = {}

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the tokenizer among some weights.

        Raises:
            SettingsError: There is none.
        """
        paths = sorted(
            folder.rglob("*.json"), key=lambda path: (path.name != "tokenizer.json", len(path.parts))
        )
        for path in paths:
            if _is_tokenizer(path):
                return cls(path.read_text(encoding="utf-8"))
        raise SettingsError(
            "encoder: the weights have no tokenizer (tokenizer.json), so texts cannot be split for them.",
            "Put the weights and the tokenizer.json of the same model into one folder, and name that.",
        )

    def split(self, texts: Sequence[str], most: int, *, marks: bool = True) -> list[Any]:
        """Return the encodings of texts: ``ids``, ``type_ids``, ``offsets``.

        Args:
            texts: The texts.
            most: Maximum number of tokens of each.
            marks: Whether to add the marks of beginning and end.
        """
        cut = [text[: most * _CHARACTERS_PER_TOKEN] for text in texts]
        return list(self._tokenizer(most).encode_batch(cut, add_special_tokens=marks))

    def _tokenizer(self, most: int) -> Any:
        if most not in self._tokenizers:
            from tokenizers import Tokenizer

            made = Tokenizer.from_str(self.content)
            made.no_padding()
            made.enable_truncation(most)
            self._tokenizers[most] = made
        return self._tokenizers[most]

    def __getstate__(self) -> dict[str, Any]:
        return {"content": self.content}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.content, self._tokenizers = state["content"], {}


def _is_tokenizer(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(content, dict) and isinstance(content.get("model"), dict) and "vocab" in content["model"]
    )
