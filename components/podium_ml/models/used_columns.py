"""The user's columns that a model reads."""

from collections.abc import Iterator
from typing import Any


def used_columns(model: Any) -> frozenset[str] | None:
    """Return the source columns of the features that a model's encoders read; ``None`` if encoders do not tell.

    Args:
        model: A ``BaggedModel``, or an ensemble of them.
    """
    schemas = [getattr(encoder, "schema", None) for encoder in _encoders(model)]
    if not schemas or any(schema is None for schema in schemas):
        return None
    return frozenset(source for schema in schemas for source in schema.sources)


def _encoders(model: Any) -> Iterator[Any]:
    for member in getattr(model, "members", (model,)):
        for fold in getattr(member, "folds", ()):
            yield fold.encoder
