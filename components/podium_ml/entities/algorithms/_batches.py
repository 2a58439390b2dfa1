"""Texts in batches of about equal length, and their predictions in one array."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from podium_ml.entities.features import TokenizedText

_TOKENS = 16_384


def texts_of(encoded: np.ndarray) -> list[TokenizedText]:
    """Return the texts of encoded rows, shape ``(n, 1)``."""
    return list(encoded[:, 0])


def batches(lengths: np.ndarray, *, most: int = _TOKENS) -> Iterator[np.ndarray]:
    """Yield positions of texts, short ones first, so that few cells of a batch are padding.

    Args:
        lengths: Number of tokens of each text, shape ``(n,)``.
        most: Number of cells of a batch, padding included.
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    for at in range(1, len(order) + 1):
        if at == len(order) or (at - start + 1) * lengths[order[at]] > most:
            yield order[start:at]
            start = at


def predict_in_batches(
    texts: Sequence[TokenizedText],
    predict: Callable[[list[TokenizedText]], np.ndarray],
    *,
    longest: int,
    tags: int,
) -> np.ndarray:
    """Return probabilities of tags, float32, shape ``(n, T, K)``, 0 where there is no token.

    Args:
        texts: The texts.
        predict: Predicts some texts, shape ``(b, t, K)``, whatever it says where there is no token.
        longest: At least so many tokens; longer texts make the array longer.
        tags: Number of tags.
    """
    lengths = np.array([len(one.tokens) for one in texts], dtype=np.int64)
    raw = np.zeros((len(texts), max(longest, int(lengths.max(initial=0))), tags), dtype=np.float32)
    for rows in batches(lengths):
        width = int(lengths[rows].max(initial=0))
        if width:
            found = predict([texts[at] for at in rows])
            found *= (np.arange(width) < lengths[rows][:, None])[:, :, None]
            raw[rows, :width] = found
    return raw
