"""The features that ``featurize_data`` builds, and their source columns."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from podium_ml.contracts._contract import Contract

Kind = Literal["numeric", "categorical", "text", "image", "vector", "map"]


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        name: Column name in the feature table, unique.
        kind: ``numeric`` (float64, NaN for missing), ``categorical`` (pandas ``category`` of strings, NaN for missing)
            ``text`` (pandas ``string``, empty for missing), ``image`` (bytes of square pictures of one size, 8 bits,
            grey or RGB), ``vector`` (bytes of float32 numbers, as many in each row; both are empty for missing) or
            ``map`` (bytes of float16 numbers by place).
        source: The user's column that the feature was built from.
        how: How the feature was built, in words for the user, e.g. ``"year of the date"``.
        key: Whether it tells which row it is, such as the step of a series, and is never shuffled or explained.
    """

    name: str
    kind: Kind
    source: str
    how: str
    key: bool = False


@dataclass(frozen=True)
class FeatureSchema(Contract):
    """All features, in the order of the feature table's columns."""

    features: tuple[Feature, ...]

    def of_kind(self, kind: Kind) -> list[str]:
        """Return the names of the features of one kind, in order."""
        return [f.name for f in self.features if f.kind == kind]

    @property
    def sources(self) -> tuple[str, ...]:
        """The user's columns that the features were built from, each once, in order."""
        return tuple(dict.fromkeys(feature.source for feature in self.features))

    def of_sources(self, sources: Collection[str]) -> "FeatureSchema":
        """Return the features that were built from some columns, in order."""
        wanted = frozenset(sources)
        return FeatureSchema(tuple(feature for feature in self.features if feature.source in wanted))

    def without(self, names: Collection[str]) -> "FeatureSchema":
        """Return the features but those with some names, in order."""
        return FeatureSchema(tuple(feature for feature in self.features if feature.name not in names))
