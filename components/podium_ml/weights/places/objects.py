"""Weights in a folder of an object store."""

import hashlib
import tempfile
from pathlib import Path

from podium_ml.files.inside import inside
from podium_ml.ingestion.objects import Objects
from podium_ml.weights import files

_DIGITS = 16


def revision(place: str, asked: str) -> str:
    """Return a hash of the entity tags of the objects, which change when they are overwritten."""
    found = hashlib.sha256(repr(Objects(place).versions()).encode()).hexdigest()[:_DIGITS]
    return files.same_revision(found, asked, place)


def copy(place: str, revision: str, target: Path) -> None:
    """Download the objects."""
    root = place.partition("://")[2].rstrip("/")
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        found = Objects(place).fetch(
            Path(folder), choose=lambda names: _chosen(names, root), most=files.MOST_BYTES
        )
        files.check_sizes([Path(one.path).stat().st_size for one in found], place)
        for one in found:
            name = one.label.partition("://")[2].removeprefix(root).lstrip("/") or Path(one.label).name
            files.copy(Path(one.path), target, inside(target, name).relative_to(target).as_posix())


def _chosen(names: list[str], root: str) -> list[str]:
    inner = {name.removeprefix(root).lstrip("/"): name for name in names}
    return [inner[one] for one in files.chosen(inner)]
