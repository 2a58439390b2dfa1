"""Copying weights to where they are used."""

import os
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from podium_ml.contracts._contract import Contract
from podium_ml.errors import SettingsError
from podium_ml.files.link_or_copy import link_or_copy
from podium_ml.weights import files
from podium_ml.weights.card import licence_of
from podium_ml.weights.sources import Source

CACHE_VARIABLE = "PODIUM_WEIGHTS_CACHE"


class Place(Protocol):
    """A module of ``places``: a kind of place that weights come from."""

    def revision(self, place: str, asked: str) -> str:
        """Return the revision that is there, or that the user asked for."""
        ...

    def copy(self, place: str, revision: str, target: Path) -> None:
        """Copy the files that ``files.chosen`` names into a folder."""
        ...


@dataclass(frozen=True)
class Weights(Contract):
    """Weights in a folder.

    Attributes:
        source: Where they come from, without revision and hash.
        revision: Their version.
        sha256: Hash of their files; see ``files.digest``.
        licence: Their licence as they or their package state it.
        bytes: Their size.
    """

    source: str
    revision: str
    sha256: str
    licence: str
    bytes: int

    @property
    def pinned(self) -> str:
        """The source as a user writes it to get these weights and no others."""
        kind = Source.parse(self.source)
        return str(Source(kind.kind, kind.place, self.revision, self.sha256))


def pin(text: str) -> str:
    """Return a source with the revision that it means today, so that what depends on it can be cached.

    Args:
        text: What the user wrote; see ``Source``.

    Raises:
        SettingsError: There are no such weights.
        DataError: Their place cannot be reached, or runs on this cluster may not read it.
    """
    source = Source.parse(text)
    return str(source.at(_place(source).revision(source.place, source.revision)))


def fetch(text: str, folder: Path) -> Weights:
    """Copy weights into a new folder.

    What comes from a store or a hub is kept in a cache by its revision.

    Args:
        text: What the user wrote, or what ``pin`` made of it.
        folder: Folder to write.

    Raises:
        SettingsError: There are no such weights, or they have another hash.
        DataError: Their place cannot be reached, or runs on this cluster may not read it.
    """
    source = Source.parse(text)
    place = _place(source)
    revision = place.revision(source.place, source.revision)
    if source.kind in ("objects", "hub"):
        cached = _cached(source.at(revision), place)
        for name in files.names_in(cached):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(cached / name, folder / name)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        place.copy(source.place, revision, folder)
    _check(folder, source)
    label = str(Source(source.kind, source.place))
    found = Weights(label, revision, files.digest(folder), _licence(source, folder), _size(folder))
    if source.sha256 and source.sha256 != found.sha256:
        raise SettingsError(
            f"The weights of {label} have another hash: {found.sha256}, not {source.sha256}.",
            "They have changed or are not the ones that you trust. If they are, write the new hash.",
        )
    return found


def _place(source: Source) -> Place:
    return cast(Place, import_module(f"podium_ml.weights.places.{source.kind}"))


def _cached(source: Source, place: Place) -> Path:
    """Return a folder of the cache with the files, which are fetched if they are not there."""
    home = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "podium" / "weights")
    kept = home / "".join(
        one if one.isalnum() or one in "._-" else "-" for one in f"{source.place}@{source.revision}"
    )
    if kept.is_dir():
        return kept
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="part-", dir=home))
    place.copy(source.place, source.revision, fresh)
    try:
        fresh.rename(kept)
    except OSError:  # another process was quicker
        if not kept.is_dir():
            raise
    return kept


def _check(folder: Path, source: Source) -> None:
    if not any(name.endswith(files.NUMBERS) for name in files.names_in(folder)):
        raise SettingsError(
            f"{source} holds no weights: no file ends in {', '.join(files.NUMBERS)}.",
            "Name the folder of one model. Pickles of whole models are not read, because they run code.",
        )


def _licence(source: Source, folder: Path) -> str:
    if source.kind == "package":
        from podium_ml.weights.places.package import licence

        return licence(source.place)
    return licence_of(folder)


def _size(folder: Path) -> int:
    return sum((folder / name).stat().st_size for name in files.names_in(folder))
