"""The user's columns that a model reads."""

from collections.abc import Collection, Iterator
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


def reads_vectors_of(model: Any, sources: Collection[str]) -> bool:
    """Whether a model's encoders read vectors or maps of some columns, or do not tell.

    Args:
        model: A ``BaggedModel``, or an ensemble of them.
        sources: Names of the columns.
    """
    schemas = [getattr(encoder, "schema", None) for encoder in _encoders(model)]
    return not schemas or any(
        schema is None
        or any(one.kind in ("vector", "map") and one.source in sources for one in schema.features)
        for schema in schemas
    )


def _encoders(model: Any) -> Iterator[Any]:
    for member in getattr(model, "members", (model,)):
        for fold in getattr(member, "folds", ()):
            yield fold.encoder
