"""Formats of pictures with objects, one file each, discovered by walking this folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from podium_ml.objects.annotations import AnnotatedPicture, Notes
from podium_ml.registries.folder_registry import Registry


@dataclass(frozen=True)
class Format:
    """A format of pictures with objects.

    Attributes:
        name: Its name.
        order: Formats with lower numbers are tried first.
        detect: Whether a file or folder is in this format.
        read: Yields the pictures of a file or folder, and notes what the user should know.
    """

    name: str
    order: int
    detect: Callable[[Path], bool]
    read: Callable[[Path, Notes], Iterator[AnnotatedPicture]]


FORMATS: Registry[Format] = Registry(__name__, Format, noun="format of objects")


def format_of(path: Path) -> Format | None:
    """Return the format of a file or folder, or ``None``."""
    ordered = sorted(FORMATS.values(), key=lambda one: one.order)
    return next((one for one in ordered if one.detect(path)), None)


__all__ = ["FORMATS", "Format", "format_of"]
