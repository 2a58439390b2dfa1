"""The user's columns that a model reads."""

from collections.abc import Iterator
from typing import Any


def used_columns(model: Any) -> frozenset[str] | None:
    """Return the source columns of the features that a model's encoders read; ``None`` if encoders do not tell.

    Args:
        model: A ``BaggedModel``, or an ensemble of them.
    """
    found: set[str] = set()
    encoders = list(_encoders(model))
    for encoder in encoders:
        schema = getattr(encoder, "schema", None)
        if schema is None:
            return None
        found.update(schema.sources)
    return frozenset(found) if encoders else None


def _encoders(model: Any) -> Iterator[Any]:
    for member in getattr(model, "members", (model,)):
        for fold in getattr(member, "folds", ()):
            yield fold.encoder
