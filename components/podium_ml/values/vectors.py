"""Lists of numbers: embeddings, measurements and other vectors, as lists, arrays or text such as ``[0.1, 0.2]``."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.values.samples import sampled

# Share of the vectors that must have the same length. The others are then treated as missing.
_MOST = 0.95
_SAMPLE = 5_000


def read_vector(value: Any) -> np.ndarray | None:
    """Return the numbers of a list, shape ``(d,)``; ``None`` if it holds anything else, or is no list.

    >>> read_vector("[0.5 1e2]"), read_vector([1, None]), read_vector(["a"]), read_vector(None)
    (array([  0.5, 100. ]), array([ 1., nan]), None, None)
    """
    if isinstance(value, str):
        value = _split(value)
    if not isinstance(value, list | tuple | np.ndarray):
        return None
    try:
        numbers = np.asarray(value)
        if numbers.dtype.kind in "USM":
            return None
        numbers = numbers.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if numbers.ndim == 1 else None


def vector_length(values: pd.Series) -> int:
    """Return the length of the vectors in a column; 0 if its values are no vectors of one length.

    A single whole number in each row may be an id, and so is a list; several in each row are a vector.
    """
    found = vectors_of(values)
    if found is None:
        return 0
    length, count = Counter(map(len, found)).most_common(1)[0]
    if count < _MOST * len(found) or (length == 1 and _are_whole(found)):
        return 0
    return length


def holds_measurements(values: pd.Series) -> bool:
    """Whether a column holds lists of numbers that are not all whole, whatever their lengths."""
    found = vectors_of(values)
    return found is not None and not _are_whole(found)


def vectors_of(values: pd.Series) -> list[np.ndarray] | None:
    """Return the vectors in a column or a sample of it, without empty ones; ``None`` if some value is no vector."""
    found = []
    for value in sampled(values.dropna(), _SAMPLE):
        vector = read_vector(value)
        if vector is None:
            return None
        if len(vector):
            found.append(vector)
    return found or None


def _are_whole(vectors: Iterable[np.ndarray]) -> bool:
    with np.errstate(invalid="ignore"):
        return all(bool(np.all((vector == np.round(vector)) | np.isnan(vector))) for vector in vectors)


def _split(text: str) -> Any:
    """Return the items of a list in text, as JSON, Python or NumPy writes it."""
    stripped = text.strip()
    if not (stripped.startswith("[") and stripped.endswith("]")):
        return None
    try:
        return json.loads(stripped)
    except ValueError:
        return np.array(stripped[1:-1].replace(",", " ").split(), dtype=object)
